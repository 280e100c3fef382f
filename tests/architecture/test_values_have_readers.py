"""Nothing is stated or said in vain (F-55): every value of a definition has a reader, every event is said and heard."""

import ast
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from libs.common.definition.confidential import published
from libs.common.definition.files import load_definition
from tests.architecture.source import ROOT, code_files, parsed
from tests.architecture.value_readers import declared, leaves, read_values, unread
from tools.asyncapi import contracts
from tools.rules_index import read_rules

NOT_YET_READ = "libs/common/definition/not_yet_read.yaml"
SHOWN = "libs/common/definition/shown_to_people.yaml"
OUTSIDE_USES = "libs/common/events/outside_uses.yaml"


def listed(name: str) -> dict[str, str]:
    """A declared list."""
    found: dict[str, str] = yaml.safe_load((ROOT / name).read_text(encoding="utf-8")) or {}
    return found


def shown() -> set[str]:
    """The values that are words for people."""
    return set(yaml.safe_load((ROOT / SHOWN).read_text(encoding="utf-8")))


def test_f_55_every_value_of_a_definition_is_read_or_declared() -> None:
    """A value that no policy class or other reader of services and libs reads is shown, or waits for its rule."""
    missing = set(unread()) - set(listed(NOT_YET_READ)) - shown()
    assert missing == set(), f"nothing reads it: read it, or name its rule in {NOT_YET_READ}"
    assert shown() & set(listed(NOT_YET_READ)) == set()


def test_f_55_words_for_people_are_read_by_nothing_and_shown_to_everybody() -> None:
    """Each stands in some call that ships, and the public call shows it at its place, whole."""
    assert shown() - set(unread()) == set(), f"code reads it now, or it is gone: take its line out of {SHOWN}"
    seen: set[str] = set()
    for file in sorted((ROOT / "programmes").glob("*.yaml")):
        programme = load_definition(file)
        seen |= set(_told(programme, published(programme.as_json())))
    assert shown() - seen == NOWHERE_YET


NOWHERE_YET = {
    "AddedHoliday.name",
    "AddedHoliday.source",
    "RemovedHoliday.source",
    "Question.answer",
    "Question.question",
}
"""No notice moves a holiday, or prints questions."""


def _told(part: BaseModel, tree: Any) -> Iterator[str]:
    """The values below a part that a tree holds as they are, as `Part.field`."""
    for name, field in type(part).model_fields.items():
        value, told = getattr(part, name), tree.get(field.serialization_alias or field.alias or name)
        if told is not None:
            yield declared(type(part), name)
        for one, below in _pairs(value, told):
            if isinstance(one, BaseModel) and isinstance(below, dict):
                yield from _told(one, below)


def _pairs(value: Any, told: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(value, dict) and isinstance(told, dict):
        return [(one, told[key]) for key, one in value.items() if key in told]
    if isinstance(value, list) and isinstance(told, list):
        return list(zip(value, told, strict=True))
    return [(value, told)]


def test_f_55_the_list_of_unread_values_only_shrinks() -> None:
    """An entry whose value is read, or which is no value any more, is taken out."""
    over = set(listed(NOT_YET_READ)) - set(unread())
    assert over == set(), f"it is read now, or gone: take its line out of {NOT_YET_READ}"


def test_f_55_each_unread_value_names_a_rule() -> None:
    """The list says which rule will read a value; a rule that does not exist would be no reason."""
    assert {rule for rule in listed(NOT_YET_READ).values() if rule not in read_rules(ROOT)} == set()


@pytest.mark.parametrize(
    "value", ["Track.units_max", "ReviewPolicy.threshold", "Substitution.factor", "SelfPaymentRate.youth_krw"]
)
def test_what_the_code_plainly_reads_is_seen(value: str) -> None:
    """The look at the code finds reads through names, entries and loops: each of these has had a reader for long."""
    assert value in leaves()
    assert value in read_values()


def test_a_value_that_nobody_reads_is_seen() -> None:
    """The look does not take every name for a read: words shown with the whole definition are read by nothing."""
    assert "Question.answer" in leaves()
    assert "Question.answer" not in read_values()


def heard() -> set[str]:
    """The names of the events that some service's consumers handle."""
    trees = [parsed(name) for name in code_files("services/") if name.endswith("/consumers.py")]
    handled = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Dict)]
    return {
        key.id if isinstance(key, ast.Name) else key.attr
        for node in handled
        for key in node.keys
        if isinstance(key, ast.Name | ast.Attribute)
    }


def said() -> set[str]:
    """The names of the events that their own service's code, or what all share, makes or hands to what makes them."""
    owners = {contract.__name__: contract.owner() for contract in contracts()}
    found = set()
    for name in code_files("services/", "libs/"):
        if not name.startswith("libs/common/events/") and not name.endswith("/consumers.py"):
            found |= {
                used for used in _used(parsed(name)) if name.startswith((f"services/{owners.get(used)}/", "libs/"))
            }
    return found


def _used(tree: ast.Module) -> set[str]:
    """The names that a file uses, but for those that only annotate what a function takes or gives."""
    notes: set[int] = set()
    for node in ast.walk(tree):
        told = [node.annotation] if isinstance(node, ast.arg | ast.AnnAssign) else [getattr(node, "returns", None)]
        notes |= {id(inner) for note in told if note is not None for inner in ast.walk(note)}
    used = [node for node in ast.walk(tree) if isinstance(node, ast.Name | ast.Attribute) and id(node) not in notes]
    return {node.id if isinstance(node, ast.Name) else node.attr for node in used}


def test_f_55_every_event_is_said_and_heard_or_has_a_stated_use() -> None:
    """An event that nobody says, or nobody hears, stands in the list with the reason; the list may only shrink."""
    events = {contract.__name__ for contract in contracts()}
    spoken, handled = said(), heard()
    idle = {name: told for name in events if (told := _idle(name, spoken, handled))}
    declared = listed(OUTSIDE_USES)
    assert {name: told for name, told in idle.items() if name not in declared} == {}, f"state its use in {OUTSIDE_USES}"
    assert set(declared) - set(idle) == set(), f"said and heard now: take its line out of {OUTSIDE_USES}"
    assert all(declared.values())


def _idle(name: str, spoken: set[str], handled: set[str]) -> str:
    told = [word for word, known in (("said by nobody", spoken), ("heard by nobody", handled)) if name not in known]
    return ", ".join(told)
