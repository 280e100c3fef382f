"""Nothing is stated or said in vain (F-55): every value of a definition has a reader, every event is said and heard."""

import ast

import pytest
import yaml

from tests.architecture.source import ROOT, code_files, parsed
from tests.architecture.value_readers import leaves, read_values, unread
from tools.asyncapi import contracts
from tools.rules_index import read_rules

NOT_YET_READ = "libs/common/definition/not_yet_read.yaml"
OUTSIDE_USES = "libs/common/events/outside_uses.yaml"


def listed(name: str) -> dict[str, str]:
    """A declared list."""
    found: dict[str, str] = yaml.safe_load((ROOT / name).read_text(encoding="utf-8")) or {}
    return found


def test_f_55_every_value_of_a_definition_is_read_or_declared() -> None:
    """A value that no policy class or other reader of services and libs reads stands in the list with its rule."""
    missing = set(unread()) - set(listed(NOT_YET_READ))
    assert missing == set(), f"nothing reads it: read it, or name its rule in {NOT_YET_READ}"


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
    idle = {name: told for name in events if (told := _idle(name, said(), heard()))}
    declared = listed(OUTSIDE_USES)
    assert {name: told for name, told in idle.items() if name not in declared} == {}, f"state its use in {OUTSIDE_USES}"
    assert set(declared) - set(idle) == set(), f"said and heard now: take its line out of {OUTSIDE_USES}"
    assert all(declared.values())


def _idle(name: str, spoken: set[str], handled: set[str]) -> str:
    told = [word for word, known in (("said by nobody", spoken), ("heard by nobody", handled)) if name not in known]
    return ", ".join(told)
