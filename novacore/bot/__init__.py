"""The gateway's front door: it acknowledges, finds out who pressed what, calls one command and shows what it said."""
