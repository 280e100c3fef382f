"""The score that would have sufficed: what RV-9 owes to whoever was not selected."""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import replace

from services.review.model.selections import Candidate, Contender
from services.review.rules.deliberation import deliberate
from services.review.rules.drawing import DrawnFrom
from services.review.rules.ranking import rank

TRIED_MAX = 200_000
"""With the cutoff `stop`, so many applications are looked at score by score before halving takes over."""


def sufficing_score(known: DrawnFrom, application_id: str, threshold: int | None, most: int) -> int | None:
    """The smallest final score, not below its own, with which an application would have been selected (RV-9).

    All else stays equal: the other scores, its own means of the criteria, what it asked, the cuts, all limits. `most`
    is the highest score that it could have; scores are hundredths. Returns None where no score suffices: what it asks
    does not fit, or the quota leaves it no place. With that score it is in, with one hundredth less it is not; with
    the cutoff `stop` and more than a few hundred applications a smaller one still may do as well, since a place higher
    up may end the pool earlier. Never raises.

    Example: two places, A 95, B 94, C 93, ties by earlier receipt: C would have needed 94.01; with C's receipt earlier
    than B's, 94.00.
    Source: S0 §5.
    """
    own = known.finals[application_id].final
    least = own if threshold is None else max(own, threshold)
    if least > most:
        return None
    scores = _turning_points(known, application_id, least, most)

    def suffices(score: int) -> bool:
        return _is_selected(known, application_id, score)

    tried = max(1, TRIED_MAX // max(1, len(known.finals))) if known.policy.cutoff == "stop" else 0
    for score in scores[:tried]:
        if suffices(score):
            return score
    return _first(scores[tried:], suffices)


def _first(scores: Sequence[int], suffices: Callable[[int], bool]) -> int | None:
    """The first of ascending scores from which on they suffice; None where the highest does not."""
    if not scores or not suffices(scores[-1]):
        return None
    return scores[bisect_left(scores, True, hi=len(scores) - 1, key=suffices)]


def _turning_points(known: DrawnFrom, application_id: str, least: int, most: int) -> list[int]:
    """The scores at which its place among the others may change, ascending; the lowest and none beyond the most."""
    others = {final.final for other, final in known.finals.items() if final.passed and other != application_id}
    changes = {score for other in others for score in (other, other + 1) if least < score <= most}
    return sorted({least, *changes})


def _is_selected(known: DrawnFrom, application_id: str, score: int) -> bool:
    contenders = []
    for other, final in known.finals.items():
        if other == application_id:
            contenders.append(Contender.of(known.applications[other], replace(final, final=score)))
        elif final.passed:
            contenders.append(Contender.of(known.applications[other], final))
    ranked = rank(contenders, known.ties)
    candidates = [Candidate.of(known.applications[place.application_id]) for place in ranked]
    award = deliberate(candidates, known.lowerings, known.policy, known.selected_elsewhere)
    return application_id in award.choice.selected
