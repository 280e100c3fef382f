"""The event contracts only ever grow: what was said once is read for ever, and the documents match the code."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from libs.common.errors import InvalidEvent
from libs.common.events.envelope import Event, parse, wrap
from tools.asyncapi import asyncapi, contracts, json_schema

GOLDEN = Path(__file__).parent / "golden"
EVERY = pytest.mark.parametrize("contract", contracts(), ids=lambda contract: contract.TYPE)


def golden(contract: type[Event]) -> dict[str, Any]:
    """The envelope of this type as it was said when the contract landed; such a file is never edited."""
    path = GOLDEN / f"{contract.TYPE}.json"
    assert path.exists(), f"a new event type needs its golden example at tests/contracts/golden/{path.name}"
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return kept


def losses(before: Any, after: Any, where: str = "data") -> list[str]:
    """What `after` no longer says as `before` did; further fields are no loss."""
    if isinstance(before, dict) and isinstance(after, dict):
        gone = [f"{where}.{name} is gone" for name in before.keys() - after.keys()]
        return gone + [
            loss
            for name in before.keys() & after.keys()
            for loss in losses(before[name], after[name], f"{where}.{name}")
        ]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return [
            loss for i, pair in enumerate(zip(before, after, strict=True)) for loss in losses(*pair, f"{where}[{i}]")
        ]
    return [] if before == after else [f"{where} was {before!r} and is {after!r}"]


@EVERY
def test_what_was_said_once_is_still_read(contract: type[Event]) -> None:
    """Every golden event reads by today's contract and says again all that it said then."""
    kept = golden(contract)
    event = parse(json.dumps(kept)).event(contract)
    assert losses(kept["data"], event.model_dump(mode="json")) == []
    assert event.key() == kept["subject"]
    assert kept["source"] == f"/dure/{contract.owner()}"


@EVERY
def test_a_reader_ignores_fields_it_does_not_know(contract: type[Event]) -> None:
    """A field that a newer writer added changes nothing for an older reader."""
    kept = golden(contract)
    newer = kept | {"data": kept["data"] | {"said_by_a_newer_version": 1}}
    assert parse(json.dumps(newer)).event(contract) == parse(json.dumps(kept)).event(contract)


@EVERY
def test_a_missing_key_field_breaks_the_contract(contract: type[Event]) -> None:
    """An event without its aggregate's id is no event."""
    kept = golden(contract)
    del kept["data"][contract.KEY]
    with pytest.raises(InvalidEvent):
        parse(json.dumps(kept)).event(contract)


@EVERY
def test_the_envelope_is_whole_after_a_round_trip(contract: type[Event]) -> None:
    """Wrapped, written as JSON and read back, an event and its envelope are the same."""
    kept = parse(json.dumps(golden(contract)))
    said = wrap(kept.event(contract), now=kept.time, correlation_id="req-9", causation_id=kept.id)
    assert parse(said.model_dump_json()) == said
    assert (said.type, said.subject, said.source) == (kept.type, kept.subject, kept.source)


@EVERY
def test_the_golden_event_keeps_to_its_json_schema(contract: type[Event]) -> None:
    """The published schema is valid JSON Schema, and what was said keeps to it."""
    schema = json_schema(contract)
    Draft202012Validator.check_schema(schema)
    assert list(Draft202012Validator(schema).iter_errors(golden(contract)["data"])) == []


@EVERY
def test_a_type_names_its_owner_thing_and_version(contract: type[Event]) -> None:
    """`kr.dure.<service>.<thing>.<past participle>.v<n>`, on the owner's topic."""
    parts = contract.TYPE.split(".")
    assert parts[:2] == ["kr", "dure"]
    assert len(parts) == 6
    assert parts[2] in {"intake", "review", "allocator", "metering", "billing"}
    assert parts[5].removeprefix("v").isdigit()
    assert contract.topic().startswith(f"dure.{parts[2]}.")


def test_no_golden_event_lost_its_contract() -> None:
    """A type that was ever said is never dropped from the registry."""
    assert {path.stem for path in GOLDEN.glob("*.json")} == {contract.TYPE for contract in contracts()}


def test_a_renamed_field_is_a_loss() -> None:
    """The check for losses sees a renamed field, a changed value and a shorter list, at any depth."""
    before = {"a": 1, "lines": [{"b": "2"}]}
    assert losses(before, before | {"new": 3}) == []
    assert losses(before, {"lines": [{"c": "2"}]}) == ["data.a is gone", "data.lines[0].b is gone"]
    assert losses(before, {"a": "1", "lines": []}) != []


def test_the_asyncapi_document_is_whole() -> None:
    """Every type is a message of exactly one channel, and every reference leads somewhere."""
    document = yaml.safe_load(yaml.safe_dump(asyncapi()))
    said = [name for channel in document["channels"].values() for name in channel["messages"]]
    assert sorted(said) == sorted(contract.__name__ for contract in contracts())
    for reference in references(document):
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


def references(node: Any) -> list[str]:
    """Every `$ref` below a node."""
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [reference for value in node.values() for reference in references(value)]
    if isinstance(node, list):
        return [reference for value in node for reference in references(value)]
    return []
