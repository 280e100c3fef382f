"""Second homes of a rule that carry no id are found, whatever their variables are called."""

from pathlib import Path

import pytest

from tools.generate import ROOT
from tools.syntax import read_modules
from tools.twins import twins

HOME = """
def self_payment_due(rates, units, months, sector, youth):
    '''BL-4: What is owed.'''
    rate = rates.youth_krw if youth and sector == "private" else rates.standard_krw
    return max(0, units * months * rate - rates.free_krw)
"""
RENAMED = """
def planned(row, quantity, duration, kind, young):
    price = row["youth_krw"] if young and kind == "private" else row["standard_krw"]
    return max(0, quantity * duration * price - row["free_krw"])
"""
READER = """
def of(programme):
    return programme.review.threshold.required()
"""


def planted(root: Path, **files: str) -> list[str]:
    """What is found in a tree of these files."""
    for name, text in files.items():
        file = root / name.replace("__", "/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.with_suffix(".py").write_text(text, encoding="utf-8")
    return twins(read_modules(root))


@pytest.mark.parametrize(
    "second",
    [
        pytest.param("services__review__operations__plan", id="in an operation"),
        pytest.param("services__review__store__plan", id="in a store"),
        pytest.param("services__billing__rules__again", id="in another rules file"),
    ],
)
def test_a_computation_stands_once(tmp_path: Path, second: str) -> None:
    """The fault of BL-4: the same sum under other names, over a row instead of a noun, without an id."""
    [told] = planted(tmp_path, services__billing__rules__due=HOME, **{second: RENAMED})
    assert told.startswith("the same is computed twice: ")
    assert "self_payment_due" in told
    assert "planned" in told


def test_another_computation_is_no_twin(tmp_path: Path) -> None:
    """One operator changed is another rule."""
    other = RENAMED.replace("max(0", "min(0")
    assert planted(tmp_path, services__billing__rules__due=HOME, services__review__operations__plan=other) == []


def test_a_policy_value_has_one_reader(tmp_path: Path) -> None:
    """Two functions that read one value decide one thing twice."""
    [told] = planted(tmp_path, services__review__policy=READER, services__billing__operations__x=READER)
    assert told.startswith("the policy value threshold is read twice: ")


def test_two_classes_of_one_file_are_two_readers(tmp_path: Path) -> None:
    """Methods of one name in two classes of a policy module are not taken for one function."""
    method = (
        "    @classmethod\n    def of(cls, programme):\n        return cls(programme.review.threshold.required())\n"
    )
    [told] = planted(tmp_path, services__review__policy=f"class One:\n{method}\n\nclass Other:\n{method}")
    assert "One.of" in told
    assert "Other.of" in told


def test_a_primitive_stays_in_its_module(tmp_path: Path) -> None:
    """The fault of AL-5: a second folding of names beside `fold_key`."""
    twin = "def key(name):\n    return name.strip().casefold()\n"
    [told] = planted(tmp_path, services__allocator__operations__pairs=twin)
    assert "belongs to libs.common.keys" in told


def test_this_tree_has_no_second_home() -> None:
    """Every rule, value and primitive of this repository stands once, or is listed with its reason."""
    assert twins(read_modules(ROOT)) == []
