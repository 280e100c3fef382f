"""RV-8: a track's stages."""

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from libs.common.definition.files import load_definition
from libs.common.errors import PolicyMissing
from services.review.model.applications import Application
from services.review.model.sheets import ScoreSheet
from services.review.policy.panels import StagePolicy, StageWeights
from services.review.policy.scoring import ScoringPolicy
from services.review.rules.scoring import judge
from services.review.rules.stages import final_composite, last_composite, next_stage

ONE = StagePolicy(("document",), False)
TWO = StagePolicy(("document", "presentation"), True)
S4 = load_definition(Path("programmes/advanced-gpu-2026.yaml"))
SCORING = ScoringPolicy(trimmed=False, decimals=2, youth_bonus=0, threshold=7000)


@pytest.mark.rule("RV-8")
@pytest.mark.parametrize(
    ("policy", "results", "skipped", "stage"),
    [
        pytest.param(ONE, {}, False, "document", id="document only: first the document stage"),
        pytest.param(ONE, {"document": True}, False, None, id="document only: over once it is closed"),
        pytest.param(TWO, {"document": True}, False, "presentation", id="who passes the document stage presents"),
        pytest.param(TWO, {"document": False}, False, None, id="who fails the document stage does not present"),
        pytest.param(TWO, {}, True, "presentation", id="a skipped document stage goes straight to presentation"),
        pytest.param(ONE, {}, True, "document", id="a track that allows no skipping is not skipped"),
        pytest.param(TWO, {"document": True, "presentation": False}, False, None, id="over after the last stage"),
    ],
)
def test_next_stage(policy, results, skipped, stage) -> None:
    """Stages run one after the other, and only those that pass go on."""
    assert next_stage(policy, results, document_skipped=skipped) == stage


@pytest.mark.rule("RV-8")
def test_last_stage_is_final() -> None:
    """The last stage's composite is final; while a stage is open there is none."""
    document = judge("document", [ScoreSheet(1, {"goals": 9000})], youth=False, policy=SCORING)
    presentation = judge("presentation", [ScoreSheet(1, {"goals": 7500})], youth=False, policy=SCORING)
    assert final_composite(TWO, {"document": document}) is None
    assert final_composite(TWO, {"document": document, "presentation": presentation}) == presentation


@pytest.mark.rule("RV-8")
@pytest.mark.parametrize(
    ("document", "presentation", "decimals", "final"),
    [
        pytest.param(8311, 9000, 2, 8724, id="83.11 x 40 % + 90.00 x 60 % = 87.244"),
        pytest.param(8312, 9001, 2, 8725, id="87.2540: cut"),
        pytest.param(8315, 9000, 2, 8726, id="87.26 exactly"),
        pytest.param(8311, 9000, 1, 8720, id="87.244 to one decimal"),
        pytest.param(8312, 9000, 0, 8700, id="87.248 to none"),
        pytest.param(10_000, 10_000, 2, 10_000, id="the most"),
        pytest.param(8311, 6999, 2, 6999, id="who fails the last stage has its own score"),
        pytest.param(6999, 9000, 2, 6999, id="who fails the first one too, whatever was presented"),
    ],
)
def test_weights_make_the_final_score(document: int, presentation: int, decimals: int, final: int) -> None:
    """Both finals by their weights, rounded half up once; the stage, its means and its passing stay the last's."""
    stages = {
        stage: judge(stage, [ScoreSheet(1, {"goals": score})], youth=False, policy=SCORING)
        for stage, score in (("document", document), ("presentation", presentation))
    }
    weights = StageWeights({"document": Fraction(40), "presentation": Fraction(60)}, decimals)
    found = last_composite(stages, weights)
    assert found.final == final
    assert found == replace(stages["document" if document < 7000 else "presentation"], final=final)


@pytest.mark.rule("RV-8")
def test_half_a_hundredth_is_rounded_up() -> None:
    """50 and 50 per cent of 83.11 and 90.00 make 86.555, which is 86.56."""
    stages = {
        stage: judge(stage, [ScoreSheet(1, {"goals": score})], youth=False, policy=SCORING)
        for stage, score in (("document", 8311), ("presentation", 9000))
    }
    weights = StageWeights({"document": Fraction(50), "presentation": Fraction(50)}, 2)
    assert last_composite(stages, weights).final == 8656
    assert last_composite({"presentation": stages["presentation"]}, weights).final == 9000


@pytest.mark.rule("RV-8")
def test_failed_document_stage_is_final() -> None:
    """Who fails the document stage keeps its composite as the final one."""
    failed = judge("document", [ScoreSheet(1, {"goals": 6000})], youth=False, policy=SCORING)
    assert final_composite(TWO, {"document": failed}) == failed


def asked(product: str, units: int) -> Application:
    """An application of S4's call."""
    received = dt.datetime(2026, 1, 12, tzinfo=dt.UTC)
    told = ("A-000001", S4.code, f"{S4.code}-1", received, "O-000001", "해온", "private", "1018104001")
    wish = (product.removesuffix("x8"), product, units, 6, dt.date(2026, 3, 1))
    return Application(*told, *wish, youth=False, state="eligible")


@pytest.mark.rule("RV-8")
@pytest.mark.parametrize(
    ("product", "units", "stages"),
    [
        ("H200x8", 7, ("document",)),
        ("H200x8", 8, ("document", "presentation")),
        ("B200x8", 3, ("document",)),
        ("B200x8", 4, ("document", "presentation")),
    ],
)
def test_a_large_application_has_stages_of_its_own(product: str, units: int, stages: tuple[str, ...]) -> None:
    """S4: only large ones present; a panel may be seated for either stage of their track."""
    assert StagePolicy.of_application(S4, asked(product, units)).stages == stages
    assert StagePolicy.of(S4, product.removesuffix("x8")).stages == ("document", "presentation")


@pytest.mark.rule("CV-8")
def test_only_whoever_skips_a_stage_needs_to_know_that_one_may() -> None:
    """S4 leaves it unset: applications go on from stage to stage all the same, and the skip is stopped."""
    policy = StagePolicy.of_application(S4, asked("H200x8", 8))
    assert next_stage(policy, {"document": True}) == "presentation"
    with pytest.raises(PolicyMissing, match="document_stage_may_be_skipped"):
        StagePolicy.of(S4, "H200", for_skipping=True)
