"""What must agree about panels, scores and the limits of a selection."""

from collections.abc import Iterator
from typing import get_args

from libs.common.definition.mistakes import Mistake
from libs.common.definition.pairs.wording import out_of_order, shown, twice, unknown
from libs.common.definition.programme import Programme
from libs.common.definition.review import SelectionLimits
from libs.common.definition.stated import Stage

TRIMMED_SHEETS_MIN = 3
"""RV-3 drops two totals; one must be left."""
WHOLE = 100
FULL_MARKS = 100
"""The most that the maxima of a rubric add up to; in every notice they make just that (S0 §5, S1 §5, S2 §6, S3 §4)."""


def contradictions(programme: Programme) -> Iterator[Mistake]:
    """Seats and sheets in order, a rubric of at most 100 points, threshold and bonus in it, limits that limit."""
    yield from _panel(programme)
    yield from _scores(programme)
    yield from _budgets(programme)
    yield from _shares(programme)
    yield from _weights(programme)
    for track in programme.tracks.values():
        yield from _capacity(track.selection)


def _panel(programme: Programme) -> Iterator[Mistake]:
    review = programme.review
    yield from out_of_order(review.seats_min, review.seats_max)
    yield from out_of_order(review.sheets_min, review.seats_max)
    yield from out_of_order(review.seats_max, review.seats_max_by_reason)
    sheets = review.sheets_min.known()
    if review.trimmed.known() and sheets is not None and sheets < TRIMMED_SHEETS_MIN:
        yield Mistake(
            review.sheets_min.path,
            f"최고점과 최저점을 빼면 {sheets}장으로는 평균을 낼 수 없습니다. {TRIMMED_SHEETS_MIN} 이상을 적으십시오.",
            f"without the highest and the lowest, {sheets} sheets leave no mean. Write at least {TRIMMED_SHEETS_MIN}.",
            (review.trimmed.path,),
        )


def _scores(programme: Programme) -> Iterator[Mistake]:
    review = programme.review
    order = review.tie_order.known() or []
    yield from twice(review.tie_order.path, order)
    for place, name in enumerate(order):
        for mistake in unknown("review.tie_order", "평가 항목", "criterion", name, review.rubric, "review.rubric"):
            yield Mistake(
                f"review.tie_order.{place}", mistake.ko, mistake.en, mistake.concerns, f"/review/tie_order/is/{place}"
            )
    maxima = [line.max.known() for line in review.rubric.values()]
    points = [most for most in maxima if most is not None]
    if not points or len(points) < len(maxima):
        return
    if sum(points) > FULL_MARKS:
        yield Mistake(
            "review.rubric",
            f"배점의 합이 {shown(sum(points))}점입니다. 합이 {FULL_MARKS}점을 넘지 않게 적으십시오.",
            f"the maxima add up to {shown(sum(points))}. Write maxima that add up to at most {FULL_MARKS}.",
        )
    for stated in (review.threshold, review.youth_bonus):
        value = stated.known()
        if value is not None and value > sum(points):
            yield Mistake(
                stated.path,
                f"{shown(value)}점은 배점의 합 {shown(sum(points))}점보다 큽니다. 그 이하로 적으십시오.",
                f"{shown(value)} is above {shown(sum(points))}, the sum of the maxima. Write at most that.",
                ("review.rubric",),
            )


def _budgets(programme: Programme) -> Iterator[Mistake]:
    """BL-9: what the tracks may commit lies within the programme's cap."""
    cap = programme.billing.budget.cap_krw
    limits = [track.selection for track in programme.tracks.values()]
    total = sum(limit.budget_krw.known() or 0 for limit in limits)
    most = cap.known()
    for limit in limits:
        budget, price = limit.budget_krw.known(), limit.planning_price_krw.known()
        if budget is not None and most is not None and total > most:
            yield Mistake(
                limit.budget_krw.path,
                f"트랙 예산의 합 {shown(total)}원이 '{cap.path}'의 {shown(most)}원보다 큽니다. 줄여 적으십시오.",
                f"the tracks' budgets add up to {shown(total)} won, above {shown(most)} at '{cap.path}'. Write less.",
                (cap.path,),
            )
        if budget is not None and price is not None and price > budget:
            yield Mistake(
                limit.planning_price_krw.path,
                f"한 장의 월 단가 {shown(price)}원이 트랙 예산 {shown(budget)}원보다 큽니다. 예산 이하로 적으십시오.",
                f"one card and month at {shown(price)} won is above the budget of {shown(budget)}. Write at most that.",
                (limit.budget_krw.path,),
            )


def _shares(programme: Programme) -> Iterator[Mistake]:
    """RV-11: either no pool has a share, or all have one, they make 100, and there are places to divide."""
    stated = [track.selection.share_pct for track in programme.tracks.values()]
    shares = [one.known() for one in stated if one.known() is not None]
    places = programme.review.places
    for one in stated if shares else []:
        if one.is_none():
            yield Mistake(
                one.path,
                "다른 트랙에는 비율이 있는데 여기만 없습니다. 비율을 적거나 모든 트랙을 none으로 하십시오.",
                "has no share where other tracks have one. Write its share, or none in every track.",
                tuple(other.path for other in stated if other is not one),
            )
    if shares and len(shares) == len(stated) and (total := sum(share or 0 for share in shares)) != WHOLE:
        yield Mistake(
            stated[0].path,
            f"트랙 비율의 합이 {total}%입니다. 합이 {WHOLE}%가 되게 적으십시오.",
            f"the shares of the tracks add up to {total} per cent. Write shares that make {WHOLE}.",
            tuple(one.path for one in stated[1:]),
        )
    if shares and places.is_none():
        yield Mistake(
            places.path,
            "비율로 나눌 선정 수가 없습니다. 모두 몇 곳인지 적거나 unset을 적으십시오.",
            "there are no places for the shares to divide. Write how many there are in all, or unset.",
            tuple(one.path for one in stated),
        )


def _weights(programme: Programme) -> Iterator[Mistake]:
    """RV-8: weights of stages that some track has, which make 100."""
    stated = programme.review.stage_weights
    weights = stated.known()
    if weights is None:
        return
    if (total := sum(weights.values())) != WHOLE:
        yield Mistake(
            stated.path,
            f"단계별 반영 비율의 합이 {total}%입니다. 합이 {WHOLE}%가 되게 적으십시오.",
            f"the weights add up to {total} per cent. Write weights that make {WHOLE}.",
        )
    tracks = programme.tracks.values()
    held = {
        stage for track in tracks for stages in (track.stages, track.large_stages) for stage in stages.known() or ()
    }
    if any(track.stages.known() is None for track in tracks):
        held = set(get_args(Stage))
    for stage in weights:
        yield from unknown(stated.path, "평가 단계", "stage", stage, sorted(held), "tracks.*.stages")


def _capacity(limits: SelectionLimits) -> Iterator[Mistake]:
    """RV-9: a capacity says what it counts."""
    kind, capacity = limits.capacity_kind, limits.capacity
    most = capacity.known()
    if most is not None and kind.is_none():
        yield Mistake(
            kind.path,
            f"none인데 '{capacity.path}'에는 값이 있습니다. 무엇을 세는지 적거나 둘 다 none으로 하십시오.",
            f"is none, and '{capacity.path}' has a value. Write what it counts, or none there too.",
            (capacity.path,),
        )
