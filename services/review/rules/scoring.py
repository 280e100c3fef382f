"""From score sheets to a final score: sums, trimmed mean, rounding, bonus, threshold (RV-2, RV-3, RV-4, RV-6, RV-7)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from libs.common.errors import Refusal
from services.review.model.sheets import HUNDREDTHS_PER_POINT, Composite, Mean, ScoreSheet, points
from services.review.model.stages import Stage
from services.review.policy.scoring import RubricPolicy, ScoringPolicy

DECIMALS_MAX = 2


def sheet_refusals(scores: Mapping[str, Decimal], policy: RubricPolicy) -> list[Refusal]:
    """RV-2: A score sheet gives every criterion a value from 0 to its maximum, at most two decimals.

    `scores` are points by criterion. Returns every refusal: criteria missing or unknown, values out of range
    (both bounds are allowed values) or with more than two decimals (27.500 has one). Never raises, also for
    numbers of absurd size.

    Example: 101 of 30 → `score_out_of_range`; 27.125 → `score_decimals`.
    Source: S0 §5.
    """
    refusals = [
        Refusal("RV-2", "criterion_missing", {"criterion": name}) for name in policy.maxima if name not in scores
    ]
    for name, value in scores.items():
        if name not in policy.maxima:
            refusals.append(Refusal("RV-2", "criterion_unknown", {"criterion": name}))
        elif not value.is_finite() or value < 0 or value > Decimal(policy.maxima[name]) / HUNDREDTHS_PER_POINT:
            facts = {"criterion": name, "score": _short(value), "max": points(policy.maxima[name])}
            refusals.append(Refusal("RV-2", "score_out_of_range", facts))
        elif _decimals(value) > DECIMALS_MAX:
            refusals.append(Refusal("RV-2", "score_decimals", {"criterion": name, "score": _short(value)}))
    return refusals


def _decimals(value: Decimal) -> int:
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or not any(digits):
        return 0
    text = "".join(map(str, digits))
    return -exponent - (len(text) - len(text.rstrip("0")))


def _short(value: Decimal) -> str:
    return str(value)[:40]


def in_hundredths(scores: Mapping[str, Decimal]) -> dict[str, int]:
    """Points that `sheet_refusals` let through, as whole hundredths."""
    return {name: int(value * HUNDREDTHS_PER_POINT) for name, value in scores.items()}


def hundredths_if_any(score: Decimal | None) -> int | None:
    """A score of at most two decimals as whole hundredths; none where there is none."""
    return None if score is None else int(score * HUNDREDTHS_PER_POINT)


def trimmed_mean(totals: Mapping[int, int], *, trimmed: bool = True) -> Mean:
    """RV-3: Drop exactly one highest and one lowest total; the mean of the rest is the composite, exactly.

    `totals` are the reviewers' totals in hundredths by seat number, at least three of them where trimmed. Where
    several share an extreme, the smallest seat number among them is dropped: the highest first, then the lowest
    of the rest. Returns the exact mean in hundredths, the counted seats ascending and the dropped ones (highest,
    lowest). Raises ValueError where nothing would be left.

    Example: 82, 91, 77.5, 91, 77.5, 80, 85 by seat → seats 2 and 3 dropped, mean 83.10.
    Source: S0 §5, S1 §5.
    """
    rest = dict(totals)
    dropped: list[int] = []
    if trimmed:
        dropped.append(min(rest, key=lambda seat: (-rest[seat], seat)))
        del rest[dropped[0]]
        dropped.append(min(rest, key=lambda seat: (rest[seat], seat)))
        del rest[dropped[1]]
    if not rest:
        raise ValueError("no total is left to take the mean of")
    return Mean(Fraction(sum(rest.values()), len(rest)), tuple(sorted(rest)), tuple(dropped))


def round_half_up(exact: Fraction, decimals: int = DECIMALS_MAX) -> int:
    """RV-4: Round half up to the programme's decimals (소수점 셋째자리에서 반올림 for two), exactly.

    `exact` is a score in hundredths, not negative; `decimals` of a point is 0, 1 or 2. Returns hundredths.
    Raises ValueError for more decimals than a score keeps.

    Example: 69.995 → 70.00.
    Source: S0 §5.
    """
    if not 0 <= decimals <= DECIMALS_MAX:
        raise ValueError(f"scores keep at most {DECIMALS_MAX} decimals")
    step: int = 10 ** (DECIMALS_MAX - decimals)
    steps = exact / step
    return (2 * steps.numerator + steps.denominator) // (2 * steps.denominator) * step


def final_score(composite: int, *, youth: bool, policy: ScoringPolicy) -> int:
    """RV-6: Bonus points are added after rounding; the sum is not capped.

    `composite` is the rounded composite in hundredths. Returns hundredths. Never raises.

    Example: S3, youth +1: 99.50 → 100.50.
    Source: S3 §4.
    """
    return composite + (policy.youth_bonus if youth else 0)


def passes(final: int, policy: ScoringPolicy) -> bool:
    """RV-7: An application passes with a final score at or above the threshold; without a threshold all pass.

    `final` is in hundredths. Never raises.

    Example: threshold 70: 70.00 passes, 69.99 does not.
    Source: S0 §5, S1 §5, S2 §6.
    """
    return policy.threshold is None or final >= policy.threshold


def judge(stage: Stage, sheets: Sequence[ScoreSheet], *, youth: bool, policy: ScoringPolicy) -> Composite:
    """The result of one application's closed stage: the rules above, one after the other."""
    mean = trimmed_mean({sheet.seat: sheet.total for sheet in sheets}, trimmed=policy.trimmed)
    composite = round_half_up(mean.exact, policy.decimals)
    final = final_score(composite, youth=youth, policy=policy)
    counted = [sheet for sheet in sheets if sheet.seat in mean.counted]
    criteria = sorted({criterion for sheet in counted for criterion in sheet.scores})
    return Composite(
        stage=stage,
        mean=mean,
        composite=composite,
        bonus=final - composite,
        final=final,
        passed=passes(final, policy),
        criterion_means={
            name: Fraction(sum(sheet.scores.get(name, 0) for sheet in counted), len(counted)) for name in criteria
        },
    )
