"""Orders: the state table, its rules, its commands, and what staff do besides."""
