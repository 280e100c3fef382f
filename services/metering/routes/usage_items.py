"""Takes a batch apart that the compiled decoder cannot: so that an item with half a character costs itself alone."""

import json
import re

from libs.common.errors import Invalid
from libs.common.unfit import storable

NAME_LENGTH_MAX = 200
SPACE = re.compile(r"[ \t\n\r]*")
_decoder = json.JSONDecoder(parse_int=str, parse_float=str)
"""Python's own: it reads past halves of characters, NaN and numbers of any length, which make their item unreadable."""


def split_items(body: bytes) -> list[bytes]:
    """The text of each item of a JSON array, as it came. Raises Invalid where the body is no such array."""
    text = body.decode("utf-8", "surrogateescape")
    items = []
    try:
        at = _after(text, 0, "[")
        while text[at : at + 1] != "]":
            _, end = _decoder.raw_decode(text, at)
            items.append(text[at:end].encode("utf-8", "surrogateescape"))
            at = _skip(text, end)
            if text[at : at + 1] != "]":
                at = _after(text, at, ",", "]")
        _require_end(text, _after(text, at, "]"))
    except json.JSONDecodeError as error:
        raise Invalid("usage_batch_malformed", at=error.pos + 1) from error
    except RecursionError as error:
        raise Invalid("usage_batch_malformed", at=None) from error
    return items


def name_in(raw: bytes) -> str | None:
    """The id that an unreadable item names, as it can be kept; none where it names none. Never raises."""
    try:
        item = _decoder.decode(raw.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    name = item.get("id") if isinstance(item, dict) else None
    return storable(name, NAME_LENGTH_MAX) or None if isinstance(name, str) else None


def _after(text: str, at: int, mark: str, not_then: str = "") -> int:
    """Where what follows a mark begins. Raises JSONDecodeError where the mark is missing, or the other follows it."""
    start = _skip(text, at)
    after = _skip(text, start + 1)
    if text[start : start + 1] != mark or (not_then and text[after : after + 1] == not_then):
        raise json.JSONDecodeError("", text, start)
    return after


def _require_end(text: str, at: int) -> None:
    if at != len(text):
        raise json.JSONDecodeError("", text, at)


def _skip(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found else at
