"""The catalogue of messages: every code is there once, in both languages, with the same placeholders."""

import ast
import importlib
import re
from collections import Counter
from collections.abc import Iterator
from string import Formatter

import pytest

from libs.common.messages.catalogue import Message
from libs.common.messages.facts import PARTICLE
from libs.common.messages.vocabulary import VOCABULARY
from libs.common.messages.words import register
from libs.operator.services import SERVICES
from tests.architecture.source import code_files, parsed

COMMON = "libs/common/messages/common.py"
FACTS = "libs/common/messages/facts.py"
HANGUL = re.compile(r"[가-힣]")
CODE_ARGUMENT = {"Refusal": 1, "Conflict": 0, "Invalid": 0, "Forbidden": 0, "Unauthorised": 0}
"""Which argument of the class is the code."""
OWN_CODES = {
    "not_found",
    "wrong_state",
    "policy_missing",
    "invalid_event",
    "event_too_large",
    "event_out_of_bounds",
    "buried",
}
"""What the other classes of `libs/common/errors.py` say by themselves."""


def catalogues() -> dict[str, dict[str, Message]]:
    """Each owner's messages."""
    modules = [COMMON, *(n for n in code_files("services/") if n.endswith("/messages.py"))]
    found = {name: importlib.import_module(name.removesuffix(".py").replace("/", ".")) for name in modules}
    return {name: module.MESSAGES for name, module in found.items()}


MESSAGES_OF_ALL = {code: message for table in catalogues().values() for code, message in table.items()}
MESSAGES = [pytest.param(m, id=f"{c}") for table in catalogues().values() for c, m in table.items()]


def used_codes() -> Iterator[tuple[str, str]]:
    """Every literal code that the product says, with its place."""
    for name in code_files("services/", "libs/"):
        for node in ast.walk(parsed(name)):
            if isinstance(node, ast.Call) and isinstance(code := code_argument(node), ast.Constant):
                yield str(code.value), f"{name}:{node.lineno}"


def code_argument(call: ast.Call) -> ast.expr | None:
    """The argument that holds the code, where the call makes a refusal or an error."""
    at = CODE_ARGUMENT.get(ast.unparse(call.func).rsplit(".", 1)[-1])
    if at is None:
        return None
    by_name = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
    return next(iter(by_name + call.args[at : at + 1]), None)


@pytest.mark.parametrize("message", MESSAGES)
def test_a_message_is_told_in_both_languages(message: Message) -> None:
    """The Korean text is Korean, the English is not, and both fill the same facts (or the fact's own language)."""
    assert HANGUL.search(message.ko)
    assert message.en.strip()
    assert not HANGUL.search(message.en)
    ko, en = ({field for _, field, _, _ in Formatter().parse(text) if field is not None} for text in message)
    assert {field.removesuffix("_ko") for field in ko} == {field.removesuffix("_en") for field in en}


def test_a_code_has_one_owner() -> None:
    """No two catalogues explain the same code."""
    owners = Counter(code for table in catalogues().values() for code in table)
    assert [code for code, count in owners.items() if count > 1] == []


def test_every_code_in_use_is_explained() -> None:
    """Whatever code a refusal or an error carries, its own service or the common catalogue has its words.

    A service's process knows no other service's words.
    """
    tables = catalogues()
    known = {name: set(tables[COMMON]) | set(tables.get(f"services/{name}/messages.py", {})) for name in SERVICES}

    def unknown(code: str, place: str) -> bool:
        owner = place.split("/")[1] if place.startswith("services/") else ""
        return code not in known.get(owner, set(tables[COMMON]))

    assert [f"{place} {code}" for code, place in used_codes() if unknown(code, place)] == []
    assert set(tables[COMMON]) >= OWN_CODES


def test_two_texts_for_one_code_are_refused() -> None:
    """A process that builds a service whose code another owner explains otherwise does not start."""
    register({"not_found": MESSAGES_OF_ALL["not_found"]})
    with pytest.raises(ValueError, match="not_found has two texts"):
        register({"not_found": Message("없습니다.", "There is none.")})


@pytest.mark.parametrize("message", MESSAGES)
def test_a_double_particle_follows_a_fact(message: Message) -> None:
    """F-60: Where a template leaves the particle open a fact stands before it; after plain words it is plain."""
    for found in PARTICLE.finditer(message.ko):
        assert message.ko[: found.start()].endswith("}"), message.ko


RENDERED = {"Message", "fail", "_complain", "self._tell", "with_particles"}
"""What writes a text with its particles: a catalogue's message, the command line, the demonstration."""


def test_no_text_leaves_a_particle_open() -> None:
    """F-60: Wherever a Korean text says `을(를)`, it goes through what chooses the fitting one."""
    found = []
    for name in code_files("services/", "libs/", "demo/", "tools/"):
        closed = {
            id(inner)
            for node in ast.walk(parsed(name))
            if isinstance(node, ast.Call) and ast.unparse(node.func) in RENDERED
            for inner in ast.walk(node)
        }
        if name != FACTS:
            found += [
                f"{name}:{node.lineno} {node.value[:60]}"
                for node in ast.walk(parsed(name))
                if isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and PARTICLE.search(node.value)
                and id(node) not in closed
            ]
    assert found == []


def named(call: str, at: int) -> Iterator[tuple[str, str]]:
    """The literal texts at one argument of every such call, with their place; lists count piece by piece."""
    for name in code_files("services/", "libs/"):
        for node in ast.walk(parsed(name)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == call and len(node.args) > at:
                pieces = node.args[at].elts if isinstance(node.args[at], ast.List) else [node.args[at]]
                yield from ((str(p.value), f"{name}:{node.lineno}") for p in pieces if isinstance(p, ast.Constant))


def test_every_thing_has_its_word() -> None:
    """F-60: Whatever an answer misses or finds in a wrong state is called by its Korean word."""
    things = [*named("NotFound", 0), *named("WrongState", 0)]
    assert [f"{place} {thing}" for thing, place in things if thing not in VOCABULARY["thing"]] == []


def test_every_state_has_its_word() -> None:
    """F-60: The states that a wrong state names are told in Korean words."""
    words = {code for kind, codes in VOCABULARY.items() if kind.startswith("state.") for code in codes}
    states = [*named("WrongState", 2), *named("WrongState", 3)]
    assert [f"{place} {state}" for state, place in states if state not in words] == []
