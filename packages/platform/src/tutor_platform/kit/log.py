"""Logs: events with fields on standard error. No secret and no personal field ever reaches the sink.

The event name is static; what a person said, their name and their prompts go only into the fields named in
`PERSONAL`, which are dropped here.
"""

import logging
import re
import sys
from typing import Literal

import structlog
from structlog.types import EventDict, WrappedLogger

SECRET = frozenset({"token", "password", "cookie", "authorization", "engine_token", "api_key"})
PERSONAL = frozenset({"content", "question", "answer", "heard", "username", "name"})

_IN_TEXT = re.compile(r"((?:[?&]|\b)token[=.])[^&\s\"',;]+", re.IGNORECASE)


def redact(text: str) -> str:
    """The same text with every token value blotted out."""
    return _IN_TEXT.sub(r"\1***", text)


def drop_private(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A structlog processor: secrets become ***, personal fields vanish."""
    for key in list(event):
        if key in PERSONAL:
            del event[key]
        elif key in SECRET:
            event[key] = "***"
        elif isinstance(event[key], str):
            event[key] = redact(event[key])
    return event


class RedactTokens(logging.Filter):
    """Servers print the address of a socket with its query; this takes the token out of it."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record pass, without its tokens."""
        record.msg = redact(record.getMessage())
        record.args = ()
        return True


def configure(level: str = "info", form: Literal["auto", "json", "console"] = "auto") -> None:
    """Set up logging of the process: readable on a terminal, JSON lines otherwise."""
    readable = form == "console" or (form == "auto" and sys.stderr.isatty())
    console, lines = structlog.dev.ConsoleRenderer(), structlog.processors.JSONRenderer(ensure_ascii=False)
    threshold = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            drop_private,
            console if readable else lines,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=max(threshold, logging.WARNING), stream=sys.stderr)
    guard_servers()


def guard_servers() -> None:
    """Take tokens out of what the libraries below log by themselves."""
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "websockets", "httpx2"):
        logger = logging.getLogger(name)
        if not any(isinstance(known, RedactTokens) for known in logger.filters):
            logger.addFilter(RedactTokens())
