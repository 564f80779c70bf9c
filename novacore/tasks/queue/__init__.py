"""The machinery of jobs: Celery, leases, retries, the sweep, sending once. Knows no job by what it does."""
