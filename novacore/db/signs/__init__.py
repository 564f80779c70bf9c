"""How other processes see that a worker lives: by locks that end with its process and with nothing else."""
