"""What every transition stands on: `fire`, arrows, who may do what, jobs, the shop. Knows neither orders nor tickets."""
