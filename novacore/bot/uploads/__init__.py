"""Files that people send to the bot: how many at a time, what is taken, and proofs."""
