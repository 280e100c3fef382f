"""The programme definitions: what is stated, decided or unset, and what the shipped files say (CV-8)."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from libs.common.cards import fp32_tflops, h100_equivalents
from libs.common.errors import Invalid, NotFound, PolicyMissing
from libs.common.programme import Programme, load_definition, read_definition

PROGRAMMES = Path(__file__).parents[2] / "programmes"
FILES = sorted(PROGRAMMES.glob("*.yaml"))


@pytest.fixture(scope="module")
def rental() -> Programme:
    """P0, the GPU rental call."""
    return load_definition(PROGRAMMES / "gpu-rental-2025s.yaml")


@pytest.fixture(scope="module")
def hpc() -> Programme:
    """P1, the high-performance computing call."""
    return load_definition(PROGRAMMES / "hpc-2025-gpu.yaml")


def stated_nodes(tree: Any, path: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Every stated value of a parsed file with its dotted path."""
    if not isinstance(tree, dict):
        return []
    if "is" in tree:
        return [(path, tree)]
    return [found for key, child in tree.items() for found in stated_nodes(child, f"{path}.{key}".lstrip("."))]


@pytest.mark.rule("CV-8")
def test_a_stated_value_is_read_by_its_path(rental: Programme) -> None:
    """A value that the notice prints comes back as it is printed."""
    assert rental.value("tracks.1.units_max") == 1
    assert rental.value("review.threshold") == Decimal(70)
    assert rental.value("billing.self_payment.rates.H200.youth_krw") == 200_000


@pytest.mark.rule("CV-8")
def test_none_is_a_decision_and_reads_as_none(rental: Programme) -> None:
    """A limit that is decided not to exist reads as None and stops nothing."""
    assert rental.value("tracks.2.units_max") is None
    assert rental.value("metering.wait_limit_s") is None


@pytest.mark.rule("CV-8")
def test_an_unset_value_stops_with_policy_missing(hpc: Programme) -> None:
    """A silent notice stops the step and names the value; it never passes for `none`."""
    with pytest.raises(PolicyMissing) as stopped:
        hpc.value("review.threshold")
    assert stopped.value.code == "policy_missing"
    assert stopped.value.rule_id == "CV-8"
    assert stopped.value.facts == {"programme": "hpc-2025-gpu", "path": "review.threshold"}


@pytest.mark.rule("CV-8")
@pytest.mark.parametrize(
    "path",
    [
        pytest.param("review.nonsense", id="an unknown leaf"),
        pytest.param("", id="an empty path"),
        pytest.param("review.threshold.is_", id="a step inside a stated value would get round the check"),
        pytest.param("code.lower", id="a step inside a word"),
        pytest.param("tracks.9.units_max", id="an unknown track"),
    ],
)
def test_a_path_that_the_definition_lacks_is_not_found(hpc: Programme, path: str) -> None:
    """A wrong path is told as such, never answered with a guess."""
    with pytest.raises(NotFound):
        hpc.value(path)
    with pytest.raises(NotFound):
        hpc.with_value(path, 1, "reason")


@pytest.mark.rule("CV-8")
def test_a_path_to_a_part_gives_the_part(rental: Programme) -> None:
    """A whole part can be read, such as the rubric in the notice's order."""
    assert list(rental.value("review.rubric")) == ["goals", "capability", "resource_plan", "results"]


@pytest.mark.rule("CV-8")
@pytest.mark.parametrize(
    ("value", "read"),
    [
        pytest.param(80, Decimal(80), id="an officer fills in a value"),
        pytest.param("none", None, id="an officer decides that there is none"),
    ],
)
def test_an_officers_value_makes_a_new_version(hpc: Programme, value: object, read: object) -> None:
    """A filled-in value carries the officer's reason, raises the version and leaves the old version as it was."""
    filled = hpc.with_value("review.threshold", value, "user call of 3 March")
    assert filled.value("review.threshold") == read
    assert filled.version == hpc.version + 1
    assert filled.review.threshold.source == "officer: user call of 3 March"
    assert "review.threshold" in hpc.unset_paths()
    assert set(hpc.unset_paths()) - set(filled.unset_paths()) == {"review.threshold"}


@pytest.mark.rule("CV-8")
def test_a_value_of_the_wrong_kind_is_refused(hpc: Programme) -> None:
    """A word where a number belongs is refused with its place, and nothing changes."""
    with pytest.raises(Invalid, match="threshold"):
        hpc.with_value("review.threshold", "high", "reason")


def test_only_stated_values_can_be_filled_in(hpc: Programme) -> None:
    """The code, the products and other structure are not an officer's values."""
    with pytest.raises(NotFound):
        hpc.with_value("code", "other", "reason")
    with pytest.raises(NotFound):
        hpc.with_value("review.rubric", {}, "reason")


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_definition_survives_the_event(file: Path) -> None:
    """Written as the event's JSON and read again, a definition is the same."""
    programme = load_definition(file)
    assert read_definition(programme.model_dump(mode="json", by_alias=True)) == programme
    assert programme.code == file.stem


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_every_unset_value_can_be_filled_in_one_after_the_other(file: Path) -> None:
    """No unset value is out of an officer's reach: `none` is allowed everywhere."""
    programme = load_definition(file)
    for path in programme.unset_paths():
        programme = programme.with_value(path, "none", "rehearsal")
    assert programme.unset_paths() == []


@pytest.mark.rule("CV-8")
@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_every_value_of_a_shipped_file_has_a_source(file: Path) -> None:
    """Each stated value names its notice and section, or says what is missing; only known notices are cited."""
    tree = yaml.safe_load(file.read_text(encoding="utf-8"))
    nodes = stated_nodes(tree)
    assert len(nodes) > 100
    for path, node in nodes:
        assert node["source"].strip(), path
        assert set(node) <= {"is", "source", "default"}, path
        assert node["is"] != "unset" or not node.get("default"), f"{path}: unset is no default"
        cited = {word.strip("(),;") for word in node["source"].split() if word[:1] == "S" and word[1:2].isdigit()}
        assert cited <= set(tree["notices"]), path


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        pytest.param({"products": {}}, "no product", id="a track names a product that is not there"),
        pytest.param({"cards": {}}, "no card", id="a product names a card that is not there"),
        pytest.param({"surprise": 1}, "surprise", id="an unknown field"),
        pytest.param({"code": "P 0"}, "code", id="a code with a space"),
        pytest.param({"notice_date": {"is": "soon", "source": "S0"}}, "notice_date", id="a date that is none"),
        pytest.param({"notice_date": {"is": "2025-08-14"}}, "source", id="a value without a source"),
        pytest.param(
            {"submissions_open_at": {"is": "2025-09-01T00:00:00", "source": "S0 §8"}},
            "submissions_open_at",
            id="an instant without an offset",
        ),
    ],
)
def test_a_wrong_definition_is_refused_with_its_places(rental: Programme, wrong: dict[str, Any], place: str) -> None:
    """A broken definition never opens: the answer names the places."""
    tree = rental.model_dump(mode="json", by_alias=True) | wrong
    with pytest.raises(Invalid, match=place):
        read_definition(tree)


def test_broken_yaml_is_refused(tmp_path: Path) -> None:
    """A file that is no YAML is a refusal, not a crash."""
    file = tmp_path / "broken.yaml"
    file.write_text("code: [", encoding="utf-8")
    with pytest.raises(Invalid):
        load_definition(file)


def test_the_rental_call_says_what_its_notice_prints(rental: Programme) -> None:
    """The dates, products, shares and rates of S0."""
    kst = dt.timezone(dt.timedelta(hours=9))
    assert rental.value("submissions_close_at") == dt.datetime(2025, 9, 15, 15, tzinfo=kst)
    assert rental.value("use_ends_on") == dt.date(2026, 6, 30)
    assert rental.tracks["1"].products == ["H100x1", "H100x2", "H100x4"]
    assert rental.value("tracks.1.quota").private_min_pct.is_ == 50
    assert rental.value("tracks.2.quota") is None
    assert rental.value("tracks.2.stages") == ["document", "presentation"]
    assert sum(c.max.is_ for c in rental.review.rubric.values()) == 100
    assert [(s.given, s.factor) for s in rental.value("allocation.substitutions")] == [("H200", 1), ("A100", 4)]
    assert rental.value("billing.self_payment.flow") == "own_account"
    assert rental.value("billing.self_payment.rates.A100.standard_krw") == 100_000


def test_the_hpc_call_says_what_its_notice_prints(hpc: Programme) -> None:
    """The products, the eight hours, the half price and the cap of S1."""
    assert [hpc.tracks[t].products for t in ("1", "2", "3")] == [["A100x2"], ["H100x1"], ["H100x2"]]
    assert hpc.value("metering.wait_limit_s") == 8 * 3600
    assert hpc.value("billing.fixed_price_max_pct") == 50
    assert hpc.value("billing.budget.cap_krw") == 19_800_000_000
    assert hpc.value("allocation.mode") == "dynamic"
    assert {"notice_date", "review.threshold", "allocation.dynamic.idle_s"} <= set(hpc.unset_paths())


@pytest.mark.rule("CV-5")
def test_equivalents_of_the_shipped_cards(rental: Programme) -> None:
    """The definition's factors give 1 H100 = 1 H200 = 4 A100."""
    worth = {t: Fraction(rental.value(f"cards.{t}.h100_equivalents")) for t in rental.cards}
    assert h100_equivalents(1, "H200", worth) == h100_equivalents(4, "A100", worth) == 1


@pytest.mark.rule("CV-6")
def test_tflops_of_the_shipped_cards(hpc: Programme) -> None:
    """The definition's figures give the notice's 39, 67 and 134 TF."""
    tf = {t: Fraction(hpc.value(f"cards.{t}.fp32_tf")) for t in ("A100", "H100")}
    sizes = [(p.cards_per_unit, p.card_type) for p in hpc.products.values()]
    assert [fp32_tflops(cards, card_type, tf) for cards, card_type in sizes] == [39, 67, 134]
