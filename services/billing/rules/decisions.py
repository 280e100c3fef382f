"""What disputes decided of a month of use: which of its won are struck out, which stand whatever is taken back.

Everything here is counted along one scale: the won of one kind of line of a month of use, from 0 upwards, at the price
in force. A line states a step on that scale, up or (a take-back) down. docs/decisions/0055.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from services.billing.model.disputes import Decided, Upheld
from services.billing.model.past import Past


@dataclass(frozen=True, slots=True)
class Contested:
    """A contested line's step on the scale, and the size that was decided for it; a step down is negative."""

    before_krw: int
    after_krw: int
    decided_krw: int


@dataclass(frozen=True, slots=True)
class _Slack:
    """Where a decided step ended, and by how much it was made shorter: up positive, down negative."""

    at_krw: int
    krw: int


def right_totals(known_krw: int, contested: Iterable[Contested]) -> tuple[int, ...]:
    """What a month of use comes to after each of its decisions (BL-13, CV-1), in order of the contested lines.

    `known_krw` (≥ 0) is the cut total by hours and price as known now; `contested` the decided lines in the order in
    which they were stated. Of a step up, the decision strikes out the topmost won beyond the decided ones, for good:
    hours voided later count only below them, hours added later lie above and count. Of a step down, the lowest won
    beyond the decided ones stand, for good: hours stated again later are not paid twice. What an earlier decision
    struck out or left standing is no part of a later line's step. The result depends on what is known and decided
    alone, not on what came first. Whole won, nothing to round, never raises.

    Example: 55,000 decided at 0 → 0; the same ten hours voided, known 0 → 0. 55,000 decided at 33,000, then two of
    ten hours voided, known 44,000 → 33,000; two more hours come, known 66,000 → 44,000.
    Source: —
    """
    slacks: list[_Slack] = []
    for each in contested:
        before, after = _through(each.before_krw, slacks), _through(each.after_krw, slacks)
        step = after - before
        slacks.append(_Slack(after, step - between_zero_and(step, each.decided_krw)))
    return tuple(_through(known_krw, slacks[:end]) for end in range(1, len(slacks) + 1))


def _through(krw: int, slacks: Iterable[_Slack]) -> int:
    for slack in slacks:
        if slack.krw > 0:
            krw = min(krw, max(krw, slack.at_krw) - slack.krw)
        elif slack.krw < 0:
            krw = max(krw, min(krw, slack.at_krw) - slack.krw)
    return krw


def between_zero_and(line_krw: int, krw: int) -> int:
    """The nearest amount to `krw` that lies between 0 and a line, whatever the line's sign."""
    return max(min(0, line_krw), min(max(0, line_krw), krw))


def decided_of(past: Past) -> tuple[Decided, ...]:
    """What stands decided of each line, in the order in which the lines were stated.

    Of several disputes about one line the one decided last stands. One about a line that carries a decision out
    changes that decision by as much as it changes that line, within 0 and the line that was contested first.
    """
    found: dict[tuple[str, int], Decided] = {}
    roots: dict[str, tuple[str, int]] = {}
    for each in sorted(past.upheld, key=lambda upheld: (upheld.decided_at, upheld.dispute_id)):
        root = roots.get(each.line.cause, (each.settlement_id, each.line_no))
        roots[each.dispute_id] = root
        found[root] = _decided_anew(found.get(root), each)
    places = {(stated.settlement_id, stated.line_no): order for order, stated in enumerate(past.lines)}
    return tuple(found[root] for root in sorted(found, key=lambda root: places.get(root, len(places))))


def _decided_anew(before: Decided | None, upheld: Upheld) -> Decided:
    if before is None:
        place = (upheld.settlement_id, upheld.line_no)
        carried_by = frozenset({upheld.carried_by})
        return Decided(*place, upheld.line, upheld.decided_krw, (upheld.dispute_id,), carried_by)
    krw = upheld.decided_krw
    if upheld.line.cause:
        krw = before.decided_krw - upheld.line.amount_krw + upheld.decided_krw
    return replace(
        before,
        decided_krw=between_zero_and(before.line.amount_krw, krw),
        dispute_ids=(*before.dispute_ids, upheld.dispute_id),
        carried_by=before.carried_by | {upheld.carried_by},
    )


def is_to_carry(decided: Decided, settlement_id: str) -> bool:
    """Whether a settlement shows a decision even where it changes no won: none carries it out yet, or this one does."""
    return bool(decided.carried_by & {None, settlement_id})


def to_carry(upheld: Sequence[Upheld], parked: Iterable[str]) -> tuple[str, ...]:
    """The disputes that a draft carries out first: not carried yet, and not about a grant that is parked in it."""
    held_back = set(parked)
    return tuple(one.dispute_id for one in upheld if one.carried_by is None and one.line.grant_id not in held_back)
