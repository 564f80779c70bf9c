"""The second front door: Celery runs the jobs that transitions have queued, and speaks to Discord."""
