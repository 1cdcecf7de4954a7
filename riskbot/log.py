"""Logging: lines for people in a terminal, JSON everywhere else, on standard error.

What always holds: whatever is a secret is replaced before anything is written, wherever in the line it stands.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable, Mapping

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
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Hiding(hidden))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def get_logger() -> structlog.typing.FilteringBoundLogger:
    """The logger that every face uses."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger()
    return logger


class _Hiding(logging.Formatter):
    """The lines of libraries, their tracebacks included."""

    def __init__(self, secrets: list[str]) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        """The whole line, without secrets."""
        return _hide(super().format(record), self._secrets)


def _redactor(secrets: list[str]) -> structlog.typing.Processor:
    def redact(
        _logger: structlog.typing.WrappedLogger, _method: str, event: structlog.typing.EventDict
    ) -> structlog.typing.EventDict:
        return {_hide(key, secrets): _redacted(value, secrets) for key, value in event.items()}

    return redact


def _redacted(value: object, secrets: list[str]) -> object:
    """The value without secrets: whatever holds none stays as it is."""
    if isinstance(value, Mapping):
        return {_hide(str(key), secrets): _redacted(inner, secrets) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(inner, secrets) for inner in value]
    shown = value if isinstance(value, str) else repr(value)  # as the renderers show it
    hidden = _hide(shown, secrets)
    return value if hidden == shown else hidden


def _hide(text: str, secrets: list[str]) -> str:
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text
