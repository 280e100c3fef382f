"""A pool's selection drawn from all that is known of it: ranking, limits, cuts, and one row for every application."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.review.model.applications import Application
from services.review.model.places import HeldByRounds, PoolPlaces
from services.review.model.runs import SelectionRow
from services.review.model.selections import Award, Candidate, Contender, Lowering
from services.review.model.sheets import Composite
from services.review.policy.scoring import TiePolicy
from services.review.policy.selection import SelectionPolicy
from services.review.rules.deliberation import deliberate
from services.review.rules.outcomes import drawn_rows
from services.review.rules.ranking import rank


@dataclass(frozen=True, slots=True)
class DrawnFrom:
    """What a selection is drawn from: who is there, their final composites, the committee's cuts, all limits."""

    applications: Mapping[str, Application]
    finals: Mapping[str, Composite]
    lowerings: Sequence[Lowering]
    policy: SelectionPolicy
    ties: TiePolicy
    selected_elsewhere: Mapping[str, int]
    share: PoolPlaces | None = None
    held: HeldByRounds | None = None

    def award(self) -> tuple[Award, tuple[SelectionRow, ...]]:
        """Who is in, and all rows. Never raises."""
        passing = [
            Contender.of(self.applications[known], final) for known, final in self.finals.items() if final.passed
        ]
        ranked = rank(passing, self.ties)
        candidates = [Candidate.of(self.applications[place.application_id]) for place in ranked]
        award = deliberate(candidates, self.lowerings, self.policy, self.selected_elsewhere)
        return award, drawn_rows(self.applications, ranked, self.finals, award, self.lowerings)


def finals_as_drawn(rows: Sequence[SelectionRow], lasts: Mapping[str, Composite], but: str) -> dict[str, Composite]:
    """The final composites with the scores that a version was drawn with, whatever was judged since; one as now."""
    return {
        row.application_id: lasts[row.application_id]
        if row.application_id == but or row.score is None
        else replace(lasts[row.application_id], final=row.score, passed=row.rank is not None)
        for row in rows
        if row.application_id in lasts
    }


def elsewhere_of(applications: Mapping[str, Application], selected_elsewhere: Mapping[str, int]) -> dict[str, int]:
    """Of what other pools selected per counting unit, that of the counting units that are in this pool too."""
    units = {one.counting_key for one in applications.values()}
    return {unit: count for unit, count in sorted(selected_elsewhere.items()) if unit in units and count}
