"""Tickets: the state table, its rules, its commands, and what is said in them."""
