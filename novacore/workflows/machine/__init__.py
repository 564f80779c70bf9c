"""What every transition stands on: `fire`, arrows, permissions, jobs, the shop. Knows neither orders nor tickets."""
