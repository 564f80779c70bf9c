"""Where money is sent: what an address of each coin looks like, and which ones are nobody's wallet."""
