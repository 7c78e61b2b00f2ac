"""What administrators see of jobs."""

from datetime import datetime

from pydantic import BaseModel, Field

from tutor_platform.jobs.models import State


class JobView(BaseModel):
    """One piece of background work."""

    id: str
    name: str
    state: State
    attempts: int
    error: str | None = Field(description="Code of the last failure.")
    run_at: datetime = Field(description="Not before this moment.")
    created_at: datetime
    ended_at: datetime | None


class JobList(BaseModel):
    """A page of jobs, newest first."""

    jobs: list[JobView]
    counts: dict[State, int] = Field(description="How many are in which state; absent: none.")


class JobAnswer(BaseModel):
    """One job."""

    job: JobView
