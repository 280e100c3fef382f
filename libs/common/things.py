"""Which things a command is about, read from its address and its answer."""

from collections.abc import Iterator, Mapping
from typing import Any

from libs.common.acts import Thing

ALSO = ("application_id", "grant_id", "settlement_id")
"""What an answer names beside its own thing: their histories show the command too."""


def things_of(template: str, given: Mapping[str, Any], answer: Any) -> tuple[Thing, ...]:
    """The things that a command is about, in an order that is always the same, each once.

    `template` is the route's path under `/v1`, `given` its parameters, `answer` what it answers. The first collection
    of the path is the thing, the parameters behind it its id; where the path names none, the answer does.

    Example: `/v1/settlements/{settlement_id}/lines/{line_no}/dispute` → `("settlement", …)`; `/v1/sessions` with an
    answer that has a `session_id` and a `grant_id` → both.
    """
    return tuple(dict.fromkeys(_things(template, given, answer)))


def _things(template: str, given: Mapping[str, Any], answer: Any) -> Iterator[Thing]:
    steps = template.strip("/").split("/")[1:]
    thing = _one_of(steps[0])
    named = _leading(steps[1:])
    thing_id = ":".join(str(given[name]) for name in named) if named else _id_in(answer, thing)
    if thing_id or not (several := _items_of(answer)):
        yield thing, thing_id
        yield from _told_by(answer, given, (thing, thing_id))
        return
    for item in several:
        if isinstance(item_id := getattr(item, f"{thing}_id", None), str):
            yield thing, item_id
            yield from _told_by(item, given, (thing, item_id))


def _items_of(answer: Any) -> list[Any]:
    """What a batch's answer tells of each of its items; nothing where it is no batch."""
    found = getattr(answer, "items", None)
    return found if isinstance(found, list) else []


def _told_by(answer: Any, given: Mapping[str, Any], itself: Thing) -> Iterator[Thing]:
    """The other things that an answer names."""
    told = getattr(answer, "thing", None)
    if isinstance(told, str):
        yield told, str(answer.thing_id)
    for field in ALSO:
        other = getattr(answer, field, None) or given.get(field)
        if isinstance(other, str) and (field.removesuffix("_id"), other) != itself:
            yield field.removesuffix("_id"), other


def _leading(steps: list[str]) -> list[str]:
    """The parameters right behind the collection."""
    named = []
    for step in steps:
        if not step.startswith("{"):
            break
        named.append(step[1:-1].partition(":")[0])
    return named


def _one_of(collection: str) -> str:
    """What one thing of a collection is called: `wait-discounts` → `wait_discount`."""
    words = collection.replace("-", "_")
    return words[:-3] + "y" if words.endswith("ies") else words.removesuffix("s")


def _id_in(answer: Any, thing: str) -> str:
    """The id that an answer gives its thing; empty where it gives none."""
    for field in (f"{thing}_id", f"{thing}_version", thing, "thing_id", "code", "id", "programme", "programme_code"):
        found = getattr(answer, field, None)
        if isinstance(found, str | int):
            return str(found)
    kind = type(answer)
    for field in getattr(kind, "model_fields", {}):
        if field.endswith(("_id", "_version")) and isinstance(found := getattr(answer, field), str):
            return found
    return ""
