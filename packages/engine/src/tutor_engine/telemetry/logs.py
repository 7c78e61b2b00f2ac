"""Structured logs: a static event name and fields. Personal fields and tokens are dropped by the sink."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_PERSONAL = frozenset({"text", "question", "content", "prompt", "name", "quote", "sdp"})
_TOKEN = re.compile(r"(token[=.])[A-Za-z0-9_\-]+")


def _redact(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if key in _PERSONAL:
            event[key] = "[personal]"
        elif isinstance(value, str) and "token" in value:
            event[key] = _TOKEN.sub(r"\1[hidden]", value)
    return event


class _StandardLogs(logging.Handler):
    """Carries the log lines of libraries into ours, redacted the same way."""

    def emit(self, record: logging.LogRecord) -> None:
        message = _TOKEN.sub(r"\1[hidden]", record.getMessage())
        structlog.get_logger(record.name).log(record.levelno, "library", detail=message)


def configure_logs(level: str = "INFO") -> None:
    """Log to standard error, one JSON object a line (or coloured text in a terminal)."""
    pretty = sys.stderr.isatty()
    renderer = structlog.dev.ConsoleRenderer() if pretty else structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            _redact,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    root = logging.getLogger()
    root.handlers[:] = [_StandardLogs()]
    root.setLevel(logging.WARNING)
