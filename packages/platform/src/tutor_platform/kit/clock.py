"""The time of day as something that can be handed in, so that tests own it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

Clock = Callable[[], datetime]
"""The present, with its zone."""


def utc_now() -> datetime:
    """The present in UTC."""
    return datetime.now(UTC)


def clock_of(connection: HTTPConnection) -> Clock:
    """The clock of the application that serves this request."""
    return connection.app.state.clock


ClockHere = Annotated[Clock, Depends(clock_of)]
