"""From a parsed tree to a programme, with every mistake at once; and an officer's value put into one."""

import json
from copy import deepcopy
from functools import lru_cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from libs.common.definition.expected import expected, names_at, stand_in
from libs.common.definition.mistakes import DefinitionInvalid, Mistake
from libs.common.definition.pairs import after, allocation, audience, billing, call, claims, forms, intake, review
from libs.common.definition.pairs.wording import likely
from libs.common.definition.programme import Programme
from libs.common.definition.stated import StatedValue
from libs.common.errors import NotFound, json_pointer
from libs.common.expected import annotations_along
from libs.common.wrong_fields import code_of

PAIRS = (
    audience.contradictions,
    call.contradictions,
    intake.contradictions,
    claims.contradictions,
    forms.contradictions,
    review.contradictions,
    allocation.contradictions,
    billing.contradictions,
    after.contradictions,
)
ROUNDS_MAX = 4
"""How often wrong places are replaced by stand-ins before the check of pairs is given up."""
KEPT_MAX = 8
"""How many definitions are remembered once read: each takes 0.2 MB, and is heard by five services at about one time."""
TAGS = ("value", "word")
NAME = "[key]"
"""How a wrong name of an entry is marked, behind the name."""
SHOWN_CHARACTERS = 60


def read_definition(tree: Any) -> Programme:
    """Check a parsed definition whole (CV-10): every range, every pair that must agree, every name that must be known.

    Raises DefinitionInvalid with every mistake, each with its path, what is wrong and what to write.
    """
    programme, mistakes = check_definition(tree)
    if mistakes or programme is None:
        raise DefinitionInvalid(mistakes)
    return programme


def read_heard(tree: Any) -> Programme:
    """The same for a definition out of JSON that several services of one process hear: it is checked once."""
    return _check_once(json.dumps(tree))


@lru_cache(maxsize=KEPT_MAX)
def _check_once(document: str) -> Programme:
    return read_definition(json.loads(document))


def read_kept(tree: Any) -> Programme:
    """A definition that was checked when it was kept: its ranges again, since code relies on them, not its pairs.

    So a check that a later version adds does not stop a programme that is under way. Raises DefinitionInvalid.
    """
    return _read_once(json.dumps(tree))


@lru_cache(maxsize=KEPT_MAX)
def _read_once(document: str) -> Programme:
    """Reading one takes 5 ms and more, nothing of it changes afterwards, and all services of a process share it."""
    try:
        return Programme.model_validate(json.loads(document))
    except ValidationError as error:
        raise DefinitionInvalid([_told(one) for one in error.errors()]) from error


def check_definition(tree: Any) -> tuple[Programme | None, tuple[Mistake, ...]]:
    """The programme, and every mistake in the order of the definition; with mistakes the programme is a patched one.

    Pairs and names are checked also where other places are wrong, as far as both sides can be read. Never raises.
    """
    try:
        programme = Programme.model_validate(tree)
    except ValidationError as error:
        return _check_despite(tree, error)
    return programme, tuple(mistake for pairs in PAIRS for mistake in pairs(programme))


def _check_despite(tree: Any, error: ValidationError) -> tuple[Programme | None, tuple[Mistake, ...]]:
    """The mistakes of single places, then those of pairs, with stand-ins for what is wrong."""
    found = {mistake.path: mistake for mistake in reversed([_told(e) for e in error.errors()])}
    programme = _patched(tree, error)
    pairs = () if programme is None else (mistake for check in PAIRS for mistake in check(programme))
    told = [mistake for mistake in pairs if not _rests_on(mistake, found)]
    return programme, (*reversed(found.values()), *told)


def _rests_on(mistake: Mistake, found: dict[str, Mistake]) -> bool:
    looked_at = (mistake.path, *mistake.concerns)
    return any(path == bad or path.startswith(f"{bad}.") for path in looked_at for bad in found)


def _patched(tree: Any, error: ValidationError) -> Programme | None:
    """The definition with stand-ins where it is wrong; None where that does not make one."""
    patched = deepcopy(tree)
    for _ in range(ROUNDS_MAX):
        for one in error.errors():
            _patch(patched, one)
        try:
            return Programme.model_validate(patched)
        except ValidationError as still:
            error = still
    return None


def _patch(tree: Any, error: ErrorDetails) -> None:
    steps = _steps(error)
    parents = [tree]
    for step in steps[:-1]:
        below = _child(parents[-1], step)
        if below is None:
            break
        parents.append(below)
    if steps and steps[-1] == NAME:
        if len(parents) >= len(steps) - 1 and isinstance(parents[len(steps) - 2], dict):
            parents[len(steps) - 2].pop(steps[-2], None)  # an entry under what is no name
        return
    for depth, here in enumerate(annotations_along(Programme, steps)):
        last = depth == len(steps)
        if depth and (last or _is_stated(here)) and depth <= len(parents):
            _put(parents[depth - 1], steps[depth - 1], stand_in(here))
            return
    if steps and len(parents) == len(steps) and isinstance(parents[-1], dict):
        parents[-1].pop(steps[-1], None)  # a field or a name that no definition knows


def _is_stated(here: Any) -> bool:
    return isinstance(here, type) and issubclass(here, StatedValue)


def _child(node: Any, step: str | int) -> Any:
    if isinstance(node, dict):
        return node.get(step)
    return node[step] if isinstance(node, list) and isinstance(step, int) and step < len(node) else None


def _put(node: Any, step: str | int, value: Any) -> None:
    if isinstance(node, dict):
        node[step] = value
    elif isinstance(node, list) and int(step) < len(node):
        node[int(step)] = value


def _steps(error: ErrorDetails) -> list[str | int]:
    """The place of an error as the tree has it: without the tags of a stated value's two kinds."""
    place = error["loc"]
    return [step for at, step in enumerate(place) if not (step in TAGS and at and place[at - 1] == "is")]


def _told(error: ErrorDetails) -> Mistake:
    """One wrong place in words: what stands there, and what belongs there by its range."""
    steps = _steps(error)
    code = code_of(error["type"])
    pointer = json_pointer(step for step in steps if step != NAME)
    path = ".".join(str(step) for step in steps if step not in ("is", NAME))
    if steps and steps[-1] == NAME:
        return Mistake(
            path,
            f"쓸 수 없는 이름입니다: '{steps[-2]}'. 마침표와 빈칸이 없는 1~60자의 글을 따옴표로 묶어 적으십시오.",
            f"'{steps[-2]}' is no name. Write 1 to 60 characters without dot or space, in quotation marks.",
            pointer=pointer,
            code="wrong_name",
        )
    places = list(annotations_along(Programme, steps))
    if error["type"] == "extra_forbidden" or len(places) <= len(steps):
        around = places[min(len(places), len(steps)) - 1]
        names, near = expected(around), likely(str(steps[-1]), names_at(around))
        return Mistake(
            path,
            f"정의에 없는 항목입니다.{near.ko} 지우거나 이름을 고치십시오({names.ko}).",
            f"there is no such field.{near.en} Remove it or correct its name ({names.en}).",
            pointer=pointer,
            code="unknown",
        )
    if not steps:
        return Mistake(
            "",
            f"사업 정의가 아닙니다. 적을 것: {expected(places[0]).ko}.",
            f"is no definition. Write {expected(places[0]).en}.",
            code=code,
        )
    # a value is described with `none` and `unset` beside it, by the kind that holds it
    here = places[-2] if steps[-1] == "is" else places[-1]
    words = expected(here, path.rsplit(".", 1)[-1])
    if error["type"] == "missing":
        missing = f"빠졌습니다. 적을 것: {words.ko}.", f"is missing. Write {words.en}."
        return Mistake(path, *missing, pointer=pointer, code=code)
    seen = _shown(error["input"])
    return Mistake(
        path,
        f"{seen} 값은 쓸 수 없습니다. 적을 것: {words.ko}.",
        f"{seen} cannot be. Write {words.en}.",
        pointer=pointer,
        code=code,
    )


def _shown(value: Any) -> str:
    try:
        text = value if isinstance(value, str) else repr(value)
    except (ValueError, RecursionError):  # a whole number too long to write
        text = type(value).__name__
    text = text.encode("utf-8", "backslashreplace").decode("utf-8").replace("\x00", "\\x00")
    return f"'{text[:SHOWN_CHARACTERS]}{'…' if len(text) > SHOWN_CHARACTERS else ''}'"


def with_value(programme: Programme, path: str, value: Any, reason: str) -> Programme:
    """A new version in which one stated value is an officer's; `value` may be `none`.

    Raises NotFound for a path at which no value stands, and DefinitionInvalid where the value is not of the path's
    kind, out of its range, or does not agree with another.
    """
    if path not in programme.stated_values():
        raise NotFound("policy value", f"{programme.code}:{path}")
    tree = programme.as_json()
    node = tree
    *parents, leaf = path.split(".")
    for step in parents:
        node = node[step]
    node[leaf] = {"is": value, "source": f"officer: {reason}", "default": False}
    tree["version"] = programme.version + 1
    return read_definition(tree)
