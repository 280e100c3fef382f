"""A programme that gives its stages weights, over REST: the final score is their sum by weight (RV-8)."""

import pytest

from libs.common.errors import PolicyMissing
from services.review.operations.evidence import verify
from services.review.policy.panels import StageWeights
from tests.services.review.call import CODE, Call, definition, seats

SCORES = {"P1": ("90", "80"), "P2": ("70", "92"), "P3": ("71", "90")}
"""Document and presentation: by 40 and 60 per cent 84.00, 83.20, 82.40; by the presentation alone P2 P3 P1."""


async def presented(call: Call) -> None:
    """Three applications of track 2, scored in both stages."""
    where = {"track": "2", "product": "H100x8"}
    await call.screen(*SCORES, **where)
    await call.panel(track="2", seats=seats(prefix="reader"))
    for name, (document, _) in SCORES.items():
        await call.score(name, document, prefix="reader")
    await call.panel(track="2", stage="presentation", seats=seats(prefix="hearer"))
    for name, (_, presentation) in SCORES.items():
        await call.score(name, presentation, stage="presentation", prefix="hearer")


@pytest.mark.rule("RV-8")
async def test_the_final_score_is_that_of_both_stages(service_client) -> None:
    """Ranking, selection, what is kept, the own result, the score that would have sufficed, and the evidence agree."""
    call = Call(await service_client("review"))
    weights = {"document": 40, "presentation": 60}
    await call.open(review__stage_weights=weights, tracks__2__selection__projects_max=1)
    await presented(call)
    drawn = await call.post("selections", programme=CODE, track="2")
    rows = [(row["application_id"], row["score"], row["outcome"]) for row in drawn["rows"]]
    assert rows == [("A-P1", "84.00", "selected"), ("A-P2", "83.20", "waiting"), ("A-P3", "82.40", "waiting")]
    await call.announce(drawn["selection_id"])
    own = await call.get("results/A-P2", headers=call.client.as_("applicant", organisation_id="O-P2"))
    # at equal final scores the criteria of the presentation decide, where P2 is ahead
    assert (own["score"], own["lowest_selected_score"], own["score_needed"]) == ("83.20", "84.00", "84.00")
    assert [(stage["stage"], stage["final"]) for stage in own["stages"]] == [
        ("document", "70.00"),
        ("presentation", "92.00"),
    ]
    pack = await call.http.get(f"/v1/selections/{drawn['selection_id']}/evidence.zip", headers=call.officer)
    assert verify(pack.content)[1] is None


@pytest.mark.rule("RV-8")
async def test_without_weights_the_presentation_decides(service_client) -> None:
    """The same scores where the programme gives none."""
    call = Call(await service_client("review"))
    await call.open(tracks__2__selection__projects_max=1)
    await presented(call)
    drawn = await call.post("selections", programme=CODE, track="2")
    assert [row["application_id"] for row in drawn["rows"]] == ["A-P2", "A-P3", "A-P1"]


@pytest.mark.rule("CV-8")
def test_unset_weights_stop_where_there_are_two_stages() -> None:
    """A programme of one stage does not need them."""
    unset = definition(review__stage_weights="unset")
    with pytest.raises(PolicyMissing, match="stage_weights"):
        StageWeights.of(unset)
    one = definition(
        review__stage_weights="unset",
        tracks__2__document_stage_may_be_skipped=False,
        tracks__2__stages=["document"],
    )
    assert StageWeights.of(one) is None
