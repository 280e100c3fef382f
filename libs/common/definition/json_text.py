"""A definition sent as JSON: the names that its text gives twice, of which a reader would keep the last silently."""

import json
from collections.abc import Iterator
from typing import Any

from libs.common.definition.mistakes import Mistake
from libs.common.errors import json_pointer


class _Object(dict[str, Any]):
    """A JSON object that still knows which of its names came more than once."""

    twice: tuple[str, ...] = ()


def names_twice(content: bytes) -> tuple[Mistake, ...]:
    """A mistake for every name that an object of a JSON text gives twice; none where the text is no JSON."""
    try:
        tree = json.loads(content, object_pairs_hook=_object)
    except (ValueError, RecursionError):
        return ()  # told by whoever reads it
    return tuple(_twice(tree, ()))


def _object(pairs: list[tuple[str, Any]]) -> _Object:
    found = _Object(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        found.twice = tuple(name for name in found if names.count(name) > 1)
    return found


def _twice(node: Any, steps: tuple[str | int, ...]) -> Iterator[Mistake]:
    if isinstance(node, _Object):
        for name in node.twice:
            yield Mistake(
                ".".join(map(str, (*steps, name))),
                "같은 이름이 두 번 있습니다. 둘 가운데 하나를 지우십시오.",
                "the name stands here twice. Remove one of the two.",
                pointer=json_pointer((*steps, name)),
                code="written_twice",
            )
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, child in inner:
        yield from _twice(child, (*steps, step))
