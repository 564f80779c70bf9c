"""How Discord and its client behave: error codes by name, its clock, and messages that discord.py can't read."""
