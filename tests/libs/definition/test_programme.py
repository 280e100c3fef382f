"""The programme definitions: what is stated, decided or unset, and what the shipped files say (CV-8)."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

from libs.common.cards import fp32_tflops, h100_equivalents
from libs.common.definition.files import load_definition
from libs.common.definition.programme import Programme
from libs.common.definition.reading import read_definition, with_value
from libs.common.errors import Invalid, NotFound, PolicyMissing

PROGRAMMES = Path(__file__).parents[3] / "programmes"
FILES = sorted(PROGRAMMES.glob("*.yaml"))
NEVER_NONE = {
    "use_starts_on": "2026-03-01",
    "use_ends_on": "2027-02-28",
    "counting_unit": "business_no",
    "compared_on": "closing_date",
    "max": 25,
    "part_krw": 9_900_000_000,
    "after_days": 30,
    "after_months": 1,
}
"""What an officer writes where `none` cannot be: something rests on the value."""


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
    assert rental.track("1").units_max.optional() == 1
    assert rental.review.threshold.optional() == Decimal(70)
    assert rental.billing.self_payment.rate("H200").youth_krw.optional() == 200_000


@pytest.mark.rule("CV-8")
def test_none_is_a_decision_and_reads_as_none(rental: Programme) -> None:
    """A limit that is decided not to exist reads as None and stops nothing."""
    assert rental.track("2").units_max.optional() is None
    assert rental.metering.wait_limit_s.optional() is None


@pytest.mark.rule("CV-8")
def test_an_unset_value_stops_with_policy_missing(hpc: Programme) -> None:
    """A silent notice stops the step and names the value; it never passes for `none`."""
    with pytest.raises(PolicyMissing) as stopped:
        hpc.review.threshold.optional()
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
        with_value(hpc, path, 1, "reason")


@pytest.mark.rule("CV-8")
@pytest.mark.parametrize(
    ("read", "path"),
    [
        pytest.param(lambda p: p.track("9"), "tracks.9", id="a track"),
        pytest.param(lambda p: p.product("B200"), "products.B200", id="a product"),
        pytest.param(lambda p: p.card("B200"), "cards.B200", id="a card"),
        pytest.param(lambda p: p.billing.self_payment.rate("B200"), "billing.self_payment.rates.B200", id="a rate"),
    ],
)
def test_an_entry_that_the_definition_lacks_is_named_with_its_path(hpc: Programme, read: Any, path: str) -> None:
    """What a call does not know is not found, and the answer says where it should stand."""
    with pytest.raises(NotFound) as missing:
        read(hpc)
    assert missing.value.facts["id"] == f"hpc-2025-gpu:{path}"


@pytest.mark.rule("CV-8")
def test_every_stated_value_knows_its_path(hpc: Programme) -> None:
    """A value names itself, wherever it is handed to."""
    assert all(stated.path == path for path, stated in hpc.stated_values().items())
    assert hpc.metering.wait_limit_s.path == "metering.wait_limit_s"
    assert hpc.intake.repeats.awards_max.path == "intake.repeats.awards_max"


@pytest.mark.rule("CV-8")
def test_the_rubric_keeps_the_notices_order(rental: Programme) -> None:
    """A keyed part is read in the order in which the notice prints it."""
    assert list(rental.review.rubric) == ["goals", "capability", "resource_plan", "results"]


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
    filled = with_value(hpc, "review.threshold", value, "user call of 3 March")
    assert filled.review.threshold.optional() == read
    assert filled.version == hpc.version + 1
    assert filled.review.threshold.source == "officer: user call of 3 March"
    assert "review.threshold" in hpc.unset_paths()
    assert set(hpc.unset_paths()) - set(filled.unset_paths()) == {"review.threshold"}


@pytest.mark.rule("CV-8")
def test_a_value_of_the_wrong_kind_is_refused(hpc: Programme) -> None:
    """A word where a number belongs is refused with its place, and nothing changes."""
    with pytest.raises(Invalid, match="threshold"):
        with_value(hpc, "review.threshold", "high", "reason")


def test_only_stated_values_can_be_filled_in(hpc: Programme) -> None:
    """The code, the products and other structure are not an officer's values."""
    with pytest.raises(NotFound):
        with_value(hpc, "code", "other", "reason")
    with pytest.raises(NotFound):
        with_value(hpc, "review.rubric", {}, "reason")


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_definition_survives_the_event(file: Path) -> None:
    """Written as the event's JSON and read again, a definition is the same."""
    programme = load_definition(file)
    assert read_definition(programme.model_dump(mode="json", by_alias=True)) == programme
    assert programme.code == file.stem


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_every_unset_value_can_be_filled_in_one_after_the_other(file: Path) -> None:
    """No unset value is out of an officer's reach: `none` is allowed wherever nothing rests on a value."""
    programme = load_definition(file)
    for path in programme.unset_paths():
        programme = with_value(programme, path, NEVER_NONE.get(path.rsplit(".", 1)[-1], "none"), "rehearsal")
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
    assert rental.submissions_close_at.optional() == dt.datetime(2025, 9, 15, 15, tzinfo=kst)
    assert rental.use_ends_on.required() == dt.date(2026, 6, 30)
    assert rental.tracks["1"].products == ["H100x1", "H100x2", "H100x4"]
    quota = rental.track("1").quota
    assert quota is not None
    assert quota.private_min_pct.optional() == 50
    assert rental.track("2").quota is None
    assert rental.track("2").stages.optional() == ["document", "presentation"]
    assert sum(c.max.required() for c in rental.review.rubric.values()) == 100
    assert [(s.given, s.factor) for s in rental.allocation.substitutions.optional() or ()] == [("H200", 1), ("A100", 4)]
    assert rental.billing.self_payment.flow.required() == "own_account"
    assert rental.billing.self_payment.rate("A100").standard_krw.optional() == 100_000


def test_the_hpc_call_says_what_its_notice_prints(hpc: Programme) -> None:
    """The products, the eight hours, the half price and the cap of S1."""
    assert [hpc.tracks[t].products for t in ("1", "2", "3")] == [["A100x2"], ["H100x1"], ["H100x2"]]
    assert hpc.metering.wait_limit_s.optional() == 8 * 3600
    assert hpc.billing.fixed_price_max_pct.optional() == 50
    assert hpc.billing.budget.cap_krw.optional() == 19_800_000_000
    assert hpc.allocation.mode.required() == "dynamic"
    assert {"notice_date", "review.threshold", "allocation.dynamic.idle_s"} <= set(hpc.unset_paths())


@pytest.mark.rule("CV-5")
def test_equivalents_of_the_shipped_cards(rental: Programme) -> None:
    """The definition's factors give 1 H100 = 1 H200 = 4 A100."""
    worth = {t: Fraction(card.h100_equivalents.optional() or 0) for t, card in rental.cards.items()}
    assert h100_equivalents(1, "H200", worth) == h100_equivalents(4, "A100", worth) == 1


@pytest.mark.rule("CV-6")
def test_tflops_of_the_shipped_cards(hpc: Programme) -> None:
    """The definition's figures give the notice's 39, 67 and 134 TF, and 1,072 and 1,092 TF for 1PF."""
    tf = {t: Fraction(hpc.card(t).fp32_tf.optional() or 0) for t in ("A100", "H100")}
    sizes = [(p.cards_per_unit, p.card_type) for p in hpc.products.values()]
    assert [fp32_tflops(cards, card_type, tf) for cards, card_type in sizes] == [39, 67, 134, 1072, 1092]
