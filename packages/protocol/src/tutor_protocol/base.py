"""What every model of the protocol has in common."""

from datetime import UTC, datetime

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Ignores fields it does not know, so that either side may be newer than the other."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def utc_now() -> datetime:
    """The present with its zone; every event carries it as ISO 8601."""
    return datetime.now(UTC)
