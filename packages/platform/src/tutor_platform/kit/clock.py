"""The time of day as something that can be handed in, so that tests own it."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""The present, with its zone."""


def utc_now() -> datetime:
    """The present in UTC."""
    return datetime.now(UTC)
