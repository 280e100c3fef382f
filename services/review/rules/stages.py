"""A track's stages, one after the other (RV-8)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from libs.common.errors import Refusal
from services.review.model.sheets import Composite
from services.review.model.stages import DOCUMENT, PRESENTATION, Stage
from services.review.policy.panels import StagePolicy, StageWeights
from services.review.rules.scoring import round_half_up

PER_CENT = 100


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
    policy: StagePolicy,
    composites: Mapping[Stage, Composite],
    weights: StageWeights | None = None,
    *,
    document_skipped: bool = False,
) -> Composite | None:
    """The last stage's composite, by weights where there are any, or that of the stage it failed in; None while review
    goes on.
    """
    results = {stage: composite.passed for stage, composite in composites.items()}
    if next_stage(policy, results, document_skipped=document_skipped) is not None:
        return None
    stages = stages_to_run(policy, document_skipped=document_skipped)
    closed = {stage: composites[stage] for stage in stages if stage in composites}
    return last_composite(closed, weights) if closed else None


def last_composite(composites: Mapping[Stage, Composite], weights: StageWeights | None = None) -> Composite:
    """The composite of the stage that an application failed in, else of the later one of its closed stages.

    Where the programme gives weights and both stages are passed, the later one bears as its final score the sum of
    both finals (bonus included) by their weights in per cent, rounded half up once (RV-4). A document stage that was
    opened again may fail after the presentation was closed: then it decides. Raises KeyError where none is closed.

    Example: 40 and 60 per cent, document 83.11, presentation 90.00 → 87.24; without weights → 90.00.
    Source: S0 §5, S2 §6, S4.
    """
    document, presentation = composites.get(DOCUMENT), composites.get(PRESENTATION)
    if document is not None and not document.passed:
        return document
    if presentation is None:
        return composites[DOCUMENT]
    if weights is None or document is None or not presentation.passed:
        return presentation
    exact = sum((weights.per_cent[one.stage] * one.final for one in (document, presentation)), Fraction(0)) / PER_CENT
    return replace(presentation, final=round_half_up(exact, weights.decimals))


def weights_count(closed: Iterable[Mapping[Stage, Composite]]) -> bool:
    """Whether weights of stages matter to any of these applications: one stage alone needs none. Never raises."""
    return any(len(stages) > 1 for stages in closed)


def leads_only_on(final: Composite, policy: StagePolicy) -> bool:
    """Whether it failed in a stage after which another one comes: a better score would have led there, no further."""
    return not final.passed and final.stage in policy.stages and final.stage != policy.stages[-1]


def skip_refusals(track: str, policy: StagePolicy) -> list[Refusal]:
    """Why the agency may not skip a track's document stage: the notice does not allow it, or nothing would be left."""
    return [] if _may_be_skipped(policy) else [Refusal("RV-8", "stage_not_skippable", {"track": track})]


def _may_be_skipped(policy: StagePolicy) -> bool:
    return policy.document_may_be_skipped and len(policy.stages) > 1
