"""Logging: lines for people in a terminal, JSON everywhere else, on standard error.

What always holds: whatever is a secret is replaced before anything is written, wherever in the line it stands.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable

import structlog

HIDDEN = "[hidden]"


def set_up_logging(level: str, secrets: Iterable[str]) -> None:
    """Configure logging once for the process; `secrets` are hidden in every line."""
    hidden = sorted({secret for secret in secrets if len(secret) >= 4}, key=len, reverse=True)
    terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S" if terminal else "iso", utc=not terminal),
            structlog.processors.format_exc_info,
            _redactor(hidden),
            structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    # Libraries log through the standard library; their debug lines may hold request bodies.
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")


def get_logger() -> structlog.typing.FilteringBoundLogger:
    """The logger that every face uses."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger


def _redactor(secrets: list[str]) -> structlog.typing.Processor:
    def redact(
        _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        for key, value in event.items():
            shown = value if isinstance(value, str) else str(value)
            if any(secret in shown for secret in secrets):
                for secret in secrets:
                    shown = shown.replace(secret, HIDDEN)
                event[key] = shown
        return event

    return redact
