"""Runs one job: claim it, call its handler, record what came of it. Called by the Celery tasks with a job id."""

from novacore.tasks.work import Runtime


def run(runtime: Runtime, job_id: int) -> None:
    """Do the job if it is due and nobody else has it; a wake-up too many does nothing. Never raises for the job."""
    raise NotImplementedError
