"""Events at the ends of their contracts and far beyond, made from the golden ones (CV-10, F-01, F-02).

Everything is drawn from one `random.Random`, so that the number of a batch makes the same batch again.
"""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from libs.common.bus import EVENT_BYTES_MAX, Message
from libs.common.definition.files import load_definition
from libs.common.definition.reading import check_definition
from libs.common.events.bounds import whole_range
from libs.common.events.envelope import Event
from libs.common.events.intake import ProgrammeOpened

GOLDEN = Path(__file__).parent / "golden"
PROGRAMMES = Path(__file__).parents[2] / "programmes"
MANY = 2_500
"""Items of a long list."""
Known = Mapping[str, Sequence[Any]]
"""What a furnished service knows, by the name of the field that holds an id of it."""
Place = tuple[str | int, ...]

TEXTS_WITHIN = (
    "",
    " ",
    "\n",
    "가" * 200,
    "\u1112\u1169\u11bc\u1100\u1175\u11af\u1103\u1169\u11bc",  # 홍길동 in NFD
    "ＫＲＩ－１００１",
    "A-000001\u200b",
    "A\u202e-000001",
    "A-000001'; DROP TABLE outbox; --",
    "{id} %s %(id)s {{",
    "none",
    "-1",
    "1e309",
    "..",
    "💣" * 50,
)
TEXTS_BEYOND = ("a\x00b", "\x00", "\ud83d", "x" * 5_000, "가" * 100_000)
INSTANTS_WITHIN = (
    "2000-01-01T00:00:00Z",
    "2000-01-01T09:00:00+09:00",
    "2100-12-31T23:59:59.999999Z",
    "2024-02-29T15:00:00Z",
    "2025-10-01T00:00:00+09:00",
    "2025-10-31T15:00:00Z",
)
INSTANTS_BEYOND = (
    "1999-12-31T23:59:59.999999Z",
    "2101-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "1900-01-01T00:00:00Z",
    "9999-12-31T23:59:59-23:59",
    "2025-10-01T00:00:00",
    "2025-02-30T00:00:00Z",
    10**18,
)
DAYS_WITHIN = ("2000-01-01", "2100-12-31", "2024-02-29", "2025-10-31")
DAYS_BEYOND = ("1900-01-01", "9999-12-31", "0001-01-01", "2025-02-29", "2025-13-01", "1999-12-31")
MONTHS = (
    ("2000-01", "2100-12", "2025-10", "2025-09"),
    ("1999-12", "2101-01", "2025-1", "2025-13", "９９９９-12", "2025-10\n"),
)
FRACTIONS = (
    ("0", "-1", "999999999/999999999", "0/5", "17/30", "-999999999", "999999999/1", "1/999999999"),
    ("1/0", "1000000000", "0.5", "∞", ""),
)
DECIMALS = (
    ("0", "-0", "100.00", "999999999.999999999", "-999999999", "83.10"),
    ("NaN", "1e5", "Infinity", "1_0", "", "١"),
)
FORMS = {
    "month": MONTHS,
    "period": MONTHS,
    "valid_from": MONTHS,
    "months_before": FRACTIONS,
    "months_after": FRACTIONS,
    "utilisation_pct": DECIMALS,
    "score": DECIMALS,
}
FAR = (-(10**15) - 1, 10**12, 10**15 + 1, 10**19, -(10**19), 2**63, 10**400)
OTHER_KINDS = (None, [], {}, "", 1.5, float("inf"), [[]], {"": None})
STATED = (
    *("unset", "none", -1, 0, 1, 2, 31, 100, 101, 3_660, 10**6, 10**15, 10**15 + 1, 1_980_000_000_019_800_000_000),
    *("0.000001", "1000000", "1/999999", "999999/1", "1/0", "document", "\x00", "monthly", "fixed", "deposit", "free"),
    *("2000-01-01", "2100-12-31", "2000-01-01T00:00:00Z", "2100-12-31T23:59:59Z", "9999-12-31"),
    *(True, False, [], ["x"], [0], [100], ["agreement"], ["H100"] * 200, ["private"], float("nan")),
)
"""What another intake could have published as a value of a definition."""
ENVELOPES: tuple[dict[str, Any], ...] = (
    *(
        {"id": "a\x00b"},
        {"id": ""},
        {"id": "x" * 10_000},
        {"id": "said-once"},
        {"id": "said-once"},
        {"id": "said-twice"},
    ),
    *({"time": "9999-12-31T23:59:59Z"}, {"time": "0001-01-01T00:00:00Z"}, {"source": "/dure/nobody"}),
    *({"correlationid": "\x00"}, {"correlationid": "가" * 300}, {"traceparent": 5}, {"specversion": "9"}),
    *({"data": []}, {"data": None}, {"unknown\x00field": "\x00"}, {"unknown": 10**400}, {"causationid": "\ud83d"}),
)
NO_ENVELOPES = (
    *("", "null", "[]", "{", '"\\ud83d"', "{}", "[" * 100_000, "1" * 10_000, '{"id": NaN}', "\ufeff{}", "\ufffd"),
)


@cache
def golden(contract: type[Event]) -> dict[str, Any]:
    """The data of a well-formed event of this type."""
    kept: dict[str, Any] = json.loads((GOLDEN / f"{contract.TYPE}.json").read_text(encoding="utf-8"))["data"]
    return kept


@cache
def definition(code: str) -> tuple[str, tuple[str, ...]]:
    """A shipped definition as an event's JSON carries it, and the dotted paths of its stated values."""
    programme = load_definition(PROGRAMMES / f"{code}.yaml")
    return json.dumps(programme.as_json()), tuple(programme.stated_values())


@cache
def is_possible(code: str, path: str, nth: int) -> bool:
    """Whether a definition may have the absurd value of this number at a path."""
    tree = json.loads(definition(code)[0])
    _put(tree, (*path.split("."), "is"), lambda _: STATED[nth])
    return not check_definition(tree)[1]


@cache
def words_of(model: type[BaseModel]) -> dict[str, tuple[Any, ...]]:
    """The words that a contract allows in a field, by its name, also in the parts of it."""
    found: dict[str, tuple[Any, ...]] = {}
    for name, field in model.model_fields.items():
        for kind in [field.annotation, *get_args(field.annotation)]:
            if get_origin(kind) is Literal:
                found[name] = get_args(kind)
            elif isinstance(kind, type) and issubclass(kind, BaseModel):
                found |= words_of(kind)
    return found


def places(node: Any, path: Place = ()) -> Iterator[Place]:
    """Every place of an event's data: its fields, its lists and maps, what stands in them; not a definition's."""
    if path:
        yield path
    if path == ("definition",):
        return
    inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, child in inner:
        yield from places(child, (*path, name))


def within(name: str, standing: Any, words: Mapping[str, Sequence[Any]], random: Random) -> Any:
    """A value that the reader lets pass: an end of its range."""
    if isinstance(standing, list):
        return random.choice(
            [[], [], standing, standing, standing * 2, standing * (MANY if random.random() < 0.3 else 20)]
        )
    if isinstance(standing, dict):
        return random.choice([{}, standing, {f"server-{n}": 1 for n in range(MANY)}, {"s": 10**6}, {"": 0}])
    if isinstance(standing, bool):
        return random.choice([True, False])
    if name in words:
        return random.choice(words[name])
    if isinstance(standing, int):
        least, most = whole_range(name)
        return random.choice([least, most, max(least, 0), 1, 2])
    if name in FORMS:
        return random.choice(FORMS[name][0])
    if _is_instant(name):
        return random.choice(INSTANTS_WITHIN)
    return random.choice(DAYS_WITHIN if name.endswith("_start") else TEXTS_WITHIN)


def beyond(name: str, standing: Any, random: Random) -> Any:
    """A value that lies just or far outside, or is of another kind."""
    if random.random() < 0.2:
        return random.choice(OTHER_KINDS)
    if isinstance(standing, list):
        return random.choice([["x"] * MANY, [None], ["\x00"], {}])
    if isinstance(standing, dict):
        return random.choice([{"\x00": 1}, {"s": 10**12}, {"s": -1}, {"x" * 300: 1}])
    if isinstance(standing, bool):
        return random.choice(["true ", 2, "\x00"])
    if isinstance(standing, int):
        least, most = whole_range(name)
        return random.choice([least - 1, most + 1, *FAR])
    if name in FORMS:
        return random.choice(FORMS[name][1])
    if _is_instant(name):
        return random.choice(INSTANTS_BEYOND)
    return random.choice(DAYS_BEYOND if name.endswith("_start") else TEXTS_BEYOND)


def _is_instant(name: str) -> bool:
    return name.endswith("_at") or name in ("at", "in_force_from")


def data_of(contract: type[Event], known: Known, random: Random) -> dict[str, Any]:
    """The data of an event: of what is known or unknown, with none, some or half of its places at an extreme."""
    data = _of_known(contract, known, random)
    there = list(places(data))
    kind = random.random()
    if kind < 0.4:
        chosen = [(place, True) for place in there if random.random() < 0.5]
    else:
        some = random.sample(there, min(len(there), random.choice((0, 1, 1, 2, 3))))
        chosen = [(place, random.random() < 0.5) for place in some]
    words = words_of(contract)
    for place, inside in sorted(chosen, key=lambda one: -len(one[0])):  # what stands in a list before the list
        name = next(str(step) for step in reversed(place) if isinstance(step, str))
        if name == "definition" or (inside and name in known and random.random() < 0.7):
            continue
        _put(data, place, lambda old, n=name, i=inside: within(n, old, words, random) if i else beyond(n, old, random))
    return data


def _of_known(contract: type[Event], known: Known, random: Random) -> dict[str, Any]:
    if issubclass(contract, ProgrammeOpened):
        return _programme(contract, known, random)
    data: dict[str, Any] = json.loads(json.dumps(golden(contract)))
    for name in data:
        if known.get(name):
            data[name] = random.choice(known[name])
    return data


def _programme(contract: type[Event], known: Known, random: Random) -> dict[str, Any]:
    """A version of a definition with up to four absurd values: half of the times only such as are possible alone."""
    base = random.choice(known["programme"])
    text, paths = definition(base)
    tree, version = json.loads(text), random.randint(1, 9)
    tree |= {"code": random.choice([base, base, "extreme-2025"]), "version": version}
    only_possible = random.random() < 0.5
    for path in random.sample(paths, random.choice((0, 1, 1, 2, 4))):
        tries = [random.randrange(len(STATED)) for _ in range(3)]
        chosen = [nth for nth in tries if is_possible(base, path, nth)] if only_possible else tries
        if chosen:
            _put(tree, (*path.split("."), "is"), lambda _, nth=chosen[0]: STATED[nth])
    return {**golden(contract), "code": tree["code"], "version": version, "definition": tree}


def _put(tree: Any, path: Place, value: Any) -> None:
    """Write at a place what `value` makes of what stands there; nothing where an earlier change left no such place."""
    *parents, last = path
    node = tree
    for step in parents:
        node = node[step] if isinstance(node, dict | list) else None
    if isinstance(node, dict | list):
        node[last] = value(node[last])


def message_of(contract: type[Event], known: Known, random: Random) -> Message:
    """An event of a contract as it travels; now and then its envelope is absurd too, or is none."""
    data = data_of(contract, known, random)
    key = str(data.get(contract.KEY))
    envelope = {
        "specversion": "1.0",
        "id": str(uuid.UUID(int=random.getrandbits(128))),
        "source": f"/dure/{contract.owner()}",
        "type": contract.TYPE,
        "subject": _storable(key)[:200],
        "time": "2025-10-01T00:00:00Z",
        "datacontenttype": "application/json",
        "data": data,
    }
    kind = random.random()
    if kind < 0.04:
        envelope |= random.choice(ENVELOPES)
    raw = random.choice(NO_ENVELOPES) if kind > 0.98 else json.dumps(envelope, ensure_ascii=random.random() < 0.5)
    if len(raw) > EVENT_BYTES_MAX // 3:  # no bus carries it, as hangul has three bytes a letter
        raw = json.dumps(envelope | {"data": golden(contract)})
    return Message(contract.topic(), _storable(key)[:300], _storable(raw))


def _storable(words: str) -> str:
    """As either bus hands it over: JSON may speak of NUL and of halves of characters, but holds none itself."""
    return words.encode(errors="replace").decode().replace("\x00", "\ufffd")


def batch_of(contracts: Sequence[type[Event]], known: Known, random: Random, size_max: int) -> list[Message]:
    """A few events of any of these contracts, in any order; sometimes one of them twice."""
    batch = [message_of(random.choice(contracts), known, random) for _ in range(random.randint(1, size_max))]
    return [*batch, random.choice(batch)] if random.random() < 0.1 else batch
