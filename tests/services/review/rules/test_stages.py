"""RV-8: a track's stages."""

import pytest

from services.review.model.sheets import ScoreSheet
from services.review.policy.panels import StagePolicy
from services.review.policy.scoring import ScoringPolicy
from services.review.rules.scoring import judge
from services.review.rules.stages import final_composite, next_stage

ONE = StagePolicy(("document",), False)
TWO = StagePolicy(("document", "presentation"), True)
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
def test_failed_document_stage_is_final() -> None:
    """Who fails the document stage keeps its composite as the final one."""
    failed = judge("document", [ScoreSheet(1, {"goals": 6000})], youth=False, policy=SCORING)
    assert final_composite(TWO, {"document": failed}) == failed
