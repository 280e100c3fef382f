"""The JSON Schema by which editors help to write a definition: Korean words for every field, and the model's ranges."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from tools.programme_schema import NAME, WORDS, all_parts, schema

VALIDATOR = Draft202012Validator(json.loads(Path(NAME).read_text(encoding="utf-8")))
FILES = sorted(Path("programmes").glob("*.yaml"))


def tree_of(file: Path) -> Any:
    """A file as an editor reads it: days and instants stay text."""
    return json.loads(json.dumps(yaml.safe_load(file.read_text(encoding="utf-8")), default=str))


def test_the_schema_is_a_schema() -> None:
    """It is well-formed by its own dialect."""
    Draft202012Validator.check_schema(schema())


def test_every_field_has_korean_words_and_no_words_are_left_over() -> None:
    """A new field comes with its description; a field that is gone takes it along."""
    words = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    described = {(part, name) for part, fields in words.items() for name in fields}
    assert described == {(part.__name__, name) for part in all_parts() for name in part.model_fields}
    assert all(any("가" <= letter <= "힣" for letter in text) for fields in words.values() for text in fields.values())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_shipped_definition_fits_the_schema(file: Path) -> None:
    """What the check passes an editor does not underline."""
    assert [(error.json_path, error.message) for error in VALIDATOR.iter_errors(tree_of(file))] == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param("review.threshold.is", "high", id="a word for a number"),
        pytest.param("review.seats_min.is", 0, id="nobody on a panel"),
        pytest.param("review.seats_min", {"is": 5}, id="a value without its source"),
        pytest.param("review.colour", {"is": 5, "source": "?"}, id="a field that there is none of"),
        pytest.param("audience", "everybody", id="a call for everybody"),
        pytest.param("use_starts_on.is", "none", id="none where a value must be"),
        pytest.param("tracks.1.stages.is", ["oracle"], id="a stage that there is none of"),
    ],
)
def test_what_cannot_be_is_underlined(path: str, value: Any) -> None:
    """An editor shows the mistakes of single places while they are typed."""
    tree = tree_of(Path("programmes/gpu-rental-2025s.yaml"))
    node = tree
    *parents, leaf = path.split(".")
    for step in parents:
        node = node[step]
    node[leaf] = value
    assert list(VALIDATOR.iter_errors(tree))
