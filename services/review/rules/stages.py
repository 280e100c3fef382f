"""A track's stages, one after the other (RV-8)."""

from collections.abc import Mapping

from libs.common.errors import Refusal
from services.review.model.sheets import Composite
from services.review.model.stages import DOCUMENT, PRESENTATION, Stage
from services.review.policy.panels import StagePolicy


def next_stage(policy: StagePolicy, results: Mapping[Stage, bool], *, document_skipped: bool = False) -> Stage | None:
    """RV-8: The stage an application is in: only those that pass one go on to the next.

    `results` says for each closed stage whether it was passed; `document_skipped` that the agency skipped the
    document stage, which counts only where the track allows it. Returns the stage still to be scored, or None
    where review is over: a stage failed, or the last one is closed (its composite is final). Never raises.

    Example: document then presentation, document passed → presentation; document failed → over.
    Source: S0 §5, S2 §6, S4.
    """
    for stage in stages_to_run(policy, document_skipped=document_skipped):
        if stage not in results:
            return stage
        if not results[stage]:
            return None
    return None


def stages_to_run(policy: StagePolicy, *, document_skipped: bool) -> tuple[Stage, ...]:
    """The track's stages in order, without a document stage that was rightly skipped."""
    if document_skipped and _may_be_skipped(policy):
        return tuple(stage for stage in policy.stages if stage != DOCUMENT)
    return policy.stages


def final_composite(
    policy: StagePolicy, composites: Mapping[Stage, Composite], *, document_skipped: bool = False
) -> Composite | None:
    """The last stage's composite, or that of the stage it failed in; None while review goes on."""
    results = {stage: composite.passed for stage, composite in composites.items()}
    if next_stage(policy, results, document_skipped=document_skipped) is not None:
        return None
    stages = stages_to_run(policy, document_skipped=document_skipped)
    closed = {stage: composites[stage] for stage in stages if stage in composites}
    return last_composite(closed) if closed else None


def last_composite(composites: Mapping[Stage, Composite]) -> Composite:
    """The composite of the stage that an application failed in, else of the later one of its closed stages.

    A document stage that was opened again may fail after the presentation was closed: then it decides (RV-8).
    Raises KeyError where none is closed.
    """
    document = composites.get(DOCUMENT)
    if document is not None and not document.passed:
        return document
    return composites[PRESENTATION if PRESENTATION in composites else DOCUMENT]


def leads_only_on(final: Composite, policy: StagePolicy) -> bool:
    """Whether it failed in a stage after which another one comes: a better score would have led there, no further."""
    return not final.passed and final.stage in policy.stages and final.stage != policy.stages[-1]


def skip_refusals(track: str, policy: StagePolicy) -> list[Refusal]:
    """Why the agency may not skip a track's document stage: the notice does not allow it, or nothing would be left."""
    return [] if _may_be_skipped(policy) else [Refusal("RV-8", "stage_not_skippable", {"track": track})]


def _may_be_skipped(policy: StagePolicy) -> bool:
    return policy.document_may_be_skipped and len(policy.stages) > 1
