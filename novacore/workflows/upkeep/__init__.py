"""What keeps a shop going for years: imports, key rotation, the sample shop, retries and fallbacks of dead jobs."""
