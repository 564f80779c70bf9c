"""Everything that a person reads: discord.py's own layouts and forms, built from facts. No session, no network."""
