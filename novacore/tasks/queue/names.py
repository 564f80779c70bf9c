"""The names on Celery's side of things. `celeryconfig` and the rest of this room read them from here."""

SWEEP = "novacore.sweep"
"""The task that beat sends."""

SWEEP_SECONDS = 5.0
"""How often the sweep runs: how late a timer, or a job whose wake-up was lost, may be."""


def task_name(job_name: str) -> str:
    """Return the Celery task's name for a job's name, as Flower and the routes show it."""
    return f"novacore.{job_name}"
