"""Structured logs, one JSON object a line, with the correlation id of what began the work; personal data masked."""

import json
import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar
from typing import Any

import orjson
import structlog

correlation_id: ContextVar[str] = ContextVar("correlation_id", default="")
causation_id: ContextVar[str | None] = ContextVar("causation_id", default=None)
traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)

_PERSONAL = (
    (re.compile(r"\b\d{3}-?\d{2}-?(\d{5})\b"), r"***-**-\1"),
    (re.compile(r"\b01\d-?\d{3,4}-?\d{4}\b"), "***-****-****"),
    (re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)++"), "***@***"),
)
"""Each is tried from where a word begins and never goes back: a line of any length costs time in proportion to it."""


def _mask(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for name, value in event.items():
        event[name] = _masked(value)
    return event


def _masked(value: Any) -> Any:
    """A fact of a line without personal data, however deep it lies; what is no plain value is told by its text."""
    match value:
        case str():
            for pattern, stand_in in _PERSONAL:
                value = pattern.sub(stand_in, value)
            return value
        case bool() | int() | float() | None:
            return value
        case Mapping():
            return {_masked(str(name)): _masked(one) for name, one in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_masked(one) for one in value]
        case _:
            return _masked(str(value))


def _line(event: MutableMapping[str, Any], **_: Any) -> str:
    try:
        return orjson.dumps(event).decode()
    except TypeError:  # half a character, or an integer of more than 64 bits
        return json.dumps(event)


def _correlate(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if correlation_id.get():
        event["correlation_id"] = correlation_id.get()
    return event


def configure(level: str = "INFO", stream: Any = None) -> None:
    """Send every log line, of ours and of libraries, as JSON to `stream` (default standard error)."""
    shared: list[Any] = [
        _correlate,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _mask,
            structlog.processors.JSONRenderer(serializer=_line),
        ],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    logging.getLogger("uvicorn.access").setLevel("WARNING")
    logging.getLogger("httpx").setLevel("WARNING")  # it would write every address, with the keys that stand in some
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def get(name: str) -> Any:
    """A logger whose calls take an event name and facts."""
    return structlog.get_logger(name)
