"""What may happen: the state tables, the one function that moves a state, and the commands. No Discord, no Celery."""
