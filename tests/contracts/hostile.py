"""Requests that nobody sends by mistake, made from an operation of an OpenAPI document, one wrong thing in each.

Halves of characters, NUL, marks before a body, endless depth and numbers, instants at the end of time, numbers beyond
any column, Hangul in pieces, digits of other scripts, forged cursors: at every place that takes a value of its kind.
"""

import base64
import copy
import itertools
import json
import random
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

from tests.contracts.furnished import Known

T = TypeVar("T")
SOME = 6
"""How many more forged cursors a list gets than those that every list gets."""
Steps = tuple[str | int, ...]
BOM = b"\xef\xbb\xbf"
DEEP = 100_000
ENDLESS = "@endless@"
"""Stands for `1e400` until the body is written: no value of Python is written so."""
IN_PIECES = unicodedata.normalize("NFD", "한빛에이아이")
TEXTS = ["\ud83d", "a\x00b", IN_PIECES, "\u3164", "٢", "가" * 3_000, "\udc00\ud83d", ""]
INSTANTS = [
    "0001-01-01T00:00:00+09:00",
    "9999-12-31T23:59:59-09:00",
    "0001-01-01",
    "9999-12-31",
    "2025-10-01T00:00:00+23:59",
    "٢٠٢٥-١٠-٠١",
    "2025-02-30",
    "infinity",
    0,
    10**19,
]
WHOLES = [2**31, 10**19, 2**63, -(2**31) - 1, -1, 0, 1.5, "٢", "1_0", ENDLESS]
DECIMALS = ["1e400", ENDLESS, 10**19, "NaN", "-Infinity", "1e-400", "9" * 400, "٢", -1]
PATH_TEXTS = ["%00", "a%00", "%ED%A0%BD", "%E1%84%92%E1%85%A1", "x" * 3_000, "%2e%2e", "%D9%A2", "2025-%D9%A1%D9%A0"]
PATH_WHOLES = [str(2**31), str(10**19), str(2**63), "-1", "%D9%A2", "1_0", "9" * 5_000]
QUERY_TEXTS = ["\x00", "a\x00", IN_PIECES, "٢٠٢٥-١٠", "x" * 600, "\ufeff", ""]
QUERY_WHOLES = [2**31, 10**19, 2**63, -1, "٢", "1_0", "9" * 5_000]
KEYS: list[list[Any]] = [
    ["\ud83d"],
    ["a\x00"],
    [10**24],
    [2**63 - 1],
    [2**31, 2**31],
    [-1],
    [True],
    [None],
    [],
    ["a"] * 5,
    ["SEL-000001", 2**62],
    ["p", "g", "s", "0001-01-01T00:00:00+09:00"],
    ["p", "g", "s", "9999-12-31T23:59:59-09:00"],
    [["a"], {}],
]
BARE = ['["\\ud83d"]', "[", "[NaN]", "{}", "1", "[" * 2_900, '"a"']


class Attack(NamedTuple):
    """One request: what is wrong with it, its address below the service's, its headers and bytes."""

    what: str
    url: str
    headers: dict[str, str]
    body: bytes | None

    @property
    def keeps_the_batch(self) -> bool:
        """Whether the body of a batch still is one: an item alone is wrong."""
        return self.what.startswith("body /")


class Operation:
    """What an operation takes, from its description, and a request for it in which everything is right."""

    def __init__(self, service: str, document: dict[str, Any], path: str, method: str, known: Known) -> None:
        self._service = service
        self._document = document
        self._told = document["paths"][path][method]
        self._path = path
        self._known = known
        self._chance = random.Random(self._told["operationId"])
        self._content = next(iter(self._told.get("requestBody", {}).get("content", {}).items()), None)

    def right(self) -> Attack:
        """The request in which everything is right."""
        return Attack("nothing is wrong", self._url(), self._headers(), self._written(self._right_body()))

    def attacks(self) -> list[Attack]:
        """Each place with the first two wrong values of its kind; and some of what is the same everywhere."""
        if not self._takes_json():
            return [*self._upon_parameters(2, SOME), *self._some(self._upon_headers(), 1)]
        whole = [*self._upon_whole_body()]
        everywhere = [*whole[:1], *self._some(whole[1:], 2), *self._some(self._upon_headers(), 1)]
        return [*self._upon_parameters(2, SOME), *everywhere, *self._upon_body(2)]

    def more(self, count: int) -> Iterator[Attack]:
        """So many more at any place, the same ones in every run."""
        if not count:
            return iter(())
        all_of_them = [*self._upon_parameters(100, 100), *self._upon_headers()]
        if self._takes_json():
            all_of_them += [*self._upon_body(100), *self._upon_whole_body()]
        return itertools.islice((self._chance.choice(all_of_them) for _ in itertools.count()), count)

    def _some(self, of: Iterable[T], count: int) -> list[T]:
        """So many of a kind, the same ones in every run."""
        found = list(of)
        return self._chance.sample(found, min(count, len(found)))

    def _takes_json(self) -> bool:
        return self._content is not None and self._content[0] == "application/json"

    # parameters

    def _parameters(self, where: str) -> list[dict[str, Any]]:
        return [one for one in self._told.get("parameters", []) if one["in"] == where]

    def _url(self, path: dict[str, str] | None = None, query: dict[str, Any] | None = None) -> str:
        told = self._path
        for one in self._parameters("path"):
            right = quote(str(self._known.get(one["name"], ["1"])[0]), safe="")
            told = told.replace(f"{{{one['name']}}}", (path or {}).get(one["name"], right))
        asked = {one["name"]: self._right(one) for one in self._parameters("query") if one.get("required")}
        pairs = [f"{quote(name)}={quote(str(value))}" for name, value in {**asked, **(query or {})}.items()]
        return f"{told}?{'&'.join(pairs)}"

    def _right(self, parameter: dict[str, Any]) -> Any:
        return self._known.get(parameter["name"], [1])[0]

    def _upon_parameters(self, each: int, cursors: int) -> Iterator[Attack]:
        body = self._written(self._right_body())
        headers = self._headers()
        for one in self._parameters("path"):
            wrong = PATH_WHOLES if _kind(one["schema"]) == "integer" else PATH_TEXTS
            for value in wrong[:each]:
                yield Attack(f"path {one['name']} {value[:20]}", self._url({one["name"]: value}), headers, body)
        for one in self._parameters("query"):
            for value in self._wrong_query(one, each, cursors):
                address = self._url(query={one["name"]: value})
                yield Attack(f"query {one['name']} {str(value)[:20]!r}", address, headers, body)

    def _wrong_query(self, parameter: dict[str, Any], each: int, cursors: int) -> list[Any]:
        if parameter["name"] == "cursor":
            name = f"{self._service}.{self._told['operationId']}"
            forged = [*map(_cursor, BARE), *(_cursor(json.dumps([name, *key])) for key in KEYS)]
            return [*forged[:2], *self._some(forged[2:], cursors)]
        kind = _kind(parameter["schema"])
        return {"integer": QUERY_WHOLES, "instant": [*INSTANTS[:2], "\x00"]}.get(kind, QUERY_TEXTS)[:each]

    def _upon_headers(self) -> Iterator[Attack]:
        body, headers = self._written(self._right_body()), self._headers()
        for name, value in (("X-Correlation-Id", "é" * 50), ("Accept-Language", "en;q=9e9,ko;q=nan")):
            yield Attack(f"header {name}", self._url(), {**headers, name: value}, body)
        for one in self._parameters("header"):
            wrong = ["a\x00b", '"' + "9" * 30 + '"', "é"]
            for value in wrong:
                yield Attack(f"header {one['name']}", self._url(), {**headers, one["name"]: value}, body)

    def _headers(self) -> dict[str, str]:
        told = {"If-Match": '"1"'} if any(one["name"] == "if-match" for one in self._parameters("header")) else {}
        return {**told, "Content-Type": "application/json"} if self._takes_json() else told

    # bodies

    def _right_body(self) -> Any:
        if not self._takes_json():
            return None
        content = self._content[1]
        schema = self._resolved(content["schema"])
        told = content.get("example", next(iter(schema.get("examples", [])), None))
        return copy.deepcopy(told)

    def _written(self, body: Any) -> bytes | None:
        if body is None:
            return None
        return json.dumps(body).replace(f'"{ENDLESS}"', "1e400").encode()

    def _upon_whole_body(self) -> Iterator[Attack]:
        right = self._written(self._right_body()) or b"{}"
        url, headers = self._url(), self._headers()
        for what, body in {
            "a mark before it": BOM + right,
            "two marks": BOM + BOM + right,
            "brackets without end": b"[" * DEEP,
            "deep in a field": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
            "a name with half a character": b'{"\\ud83d": 1}',
            "a name with NUL": b'{"\\u0000": 1}',
            "not a number": b"NaN",
            "UTF-16": right.decode().encode("utf-16"),
            "no UTF-8": b'"\xff"',
            "half a character in bytes": b'"\xed\xa0\xbd"',
            "five thousand digits": b"9" * 5_000,
        }.items():
            yield Attack(f"whole body: {what}", url, headers, body)

    def _upon_body(self, each: int) -> Iterator[Attack]:
        url, headers = self._url(), self._headers()
        batch = self._resolved(self._content[1]["schema"]).get("type") == "array"
        for steps, schema in self._places(self._content[1]["schema"], self._right_body(), ()):
            for value in _wrong_for(schema)[:each]:
                body = self._right_body()
                if batch:  # beside a right one
                    body = [*body, *copy.deepcopy(body)]
                if _put(body, steps, value):
                    what = f"body /{'/'.join(map(str, steps))} {str(value)[:20]!r}"
                    yield Attack(what, url, headers, self._written(body))

    def _places(self, schema: dict[str, Any], right: Any, steps: Steps) -> Iterator[tuple[Steps, dict[str, Any]]]:
        """Every place of a body with its schema, those too that the right body leaves out."""
        schema = self._resolved(schema)
        if schema.get("type") == "array" or isinstance(right, list):
            item = right[0] if isinstance(right, list) and right else None
            yield from self._places(schema.get("items", {}), item, (*steps, 0))
        elif "properties" in schema:
            for name, below in schema["properties"].items():
                there = right.get(name) if isinstance(right, dict) else None
                yield from self._places(below, there, (*steps, name))
        elif isinstance(right, dict) and right:
            for name, there in right.items():
                yield from self._places(schema.get("additionalProperties") or {}, there, (*steps, name))
        elif steps:
            yield steps, schema

    def _resolved(self, schema: Any) -> dict[str, Any]:
        """A schema without references, and without its null."""
        if not isinstance(schema, dict):
            return {}
        if "$ref" in schema:
            schema = self._document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        choices = [one for one in schema.get("anyOf", []) if one.get("type") != "null"]
        if len(choices) == 1:
            return self._resolved(choices[0])
        return schema


def _kind(schema: dict[str, Any]) -> str:
    choices = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    kinds = {one.get("type", "") for one in choices}
    if any(one.get("format") in ("date", "date-time") for one in choices):
        return "instant"
    if "number" in kinds:
        return "number"
    return "integer" if "integer" in kinds else next(iter(kinds), "")


def _wrong_for(schema: dict[str, Any]) -> list[Any]:
    kind = _kind(schema)
    if kind == "":  # anything
        return ["\ud83d", ENDLESS, "a\x00b", 10**19, [[[[]]]]]
    return {"instant": INSTANTS, "integer": WHOLES, "number": DECIMALS, "string": TEXTS}.get(kind, ["\ud83d", 10**19])


def _put(body: Any, steps: Steps, value: Any) -> bool:
    """Whether the value could be put at the place of the body; what is missing on the way is made."""
    *way, last = steps
    for step in way:
        if isinstance(body, dict) and isinstance(step, str):
            body = body.setdefault(step, {})
        elif isinstance(body, list) and isinstance(step, int) and step < len(body):
            body = body[step]
        else:
            return False
        if body is None:
            return False
    if isinstance(body, dict) and isinstance(last, str):
        body[last] = value
        return True
    if isinstance(body, list) and isinstance(last, int):
        body[last : last + 1] = [value]
        return True
    return False


def _cursor(told: str) -> str:
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")
