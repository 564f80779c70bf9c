"""What a process watches besides its jobs: the broker, other workers, the clock, the disk."""
