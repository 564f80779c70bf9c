"""Orders and time: when the shop was open, and timers that got lost. The sweep calls these."""
