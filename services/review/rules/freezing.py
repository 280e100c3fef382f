"""Freezing an announced run under a hash (RV-14)."""

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785


def freeze(run: Mapping[str, Any]) -> tuple[bytes, str]:
    """RV-14: The canonical bytes of a run and the SHA-256 over them: the same inputs give the same bytes.

    `run` holds inputs, policy version, sheets by seat, counted and dropped seats, ranks and reasons, as texts,
    whole numbers, truth values, lists and maps with text keys; no reviewer's name and no clock's reading.
    Returns canonical JSON (RFC 8785) and its hash in hexadecimal. Raises for anything else in it, floats included.

    Example: {"b": 1, "a": "가"} and {"a": "가", "b": 1} → the same bytes `{"a":"가","b":1}`.
    Source: —.
    """
    _refuse_floats(run)
    canonical = rfc8785.dumps(dict(run))
    return canonical, hashlib.sha256(canonical).hexdigest()


def _refuse_floats(node: Any) -> None:
    if isinstance(node, float):
        raise TypeError("a frozen run holds no float")
    if isinstance(node, Mapping):
        for child in node.values():
            _refuse_floats(child)
    elif isinstance(node, (list, tuple)):
        for child in node:
            _refuse_floats(child)
