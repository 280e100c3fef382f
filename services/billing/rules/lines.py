"""How a settlement line is put together, and how exact amounts are written in its formula."""

from fractions import Fraction

from services.billing.model.lines import Line, LineKind, Words
from services.billing.model.statements import Use

DECIMAL_PRIMES = (2, 5)
VERSIONS_JOINED = " + "


def line_of(
    use: Use,
    kind: LineKind,
    rule_ids: tuple[str, ...],
    *,
    price_version: str | None,
    quantity: Fraction,
    uncut_krw: Fraction,
    amount_krw: int,
    formula: Words,
    shortened_krw: Fraction = Fraction(0),
) -> Line:
    """A line about one use, with the evidence of that use."""
    return Line(
        kind=kind,
        rule_ids=rule_ids,
        grant_id=use.grant_id,
        period=use.period,
        adjustment=use.adjustment,
        mode=use.mode,
        priced_product=use.priced_product,
        units=use.priced_units,
        quantity=quantity,
        price_version=price_version,
        uncut_krw=uncut_krw,
        amount_krw=amount_krw,
        shortened_krw=shortened_krw,
        formula=formula,
        usage_events=use.usage_events,
        evidence_sha256=use.evidence_sha256,
    )


def plain(number: Fraction) -> str:
    """A number as people write it: `30`, `12.5`, or `17/30` where no finite decimal says it exactly."""
    rest, places = number.denominator, 0
    for prime in DECIMAL_PRIMES:
        count = 0
        while rest % prime == 0:
            rest //= prime
            count += 1
        places = max(places, count)
    if rest != 1:
        return str(number)
    scaled = abs(number.numerator) * 10**places // number.denominator
    digits = str(scaled).rjust(places + 1, "0")
    whole, decimals = (digits[:-places], digits[-places:]) if places else (digits, "")
    sign = "-" if number < 0 else ""
    return f"{sign}{int(whole):,}" + (f".{decimals}" if decimals else "")


def exact_won(amount: Fraction) -> str:
    """An exact amount: `-1,650.3`, or whole won and the fraction `1,650 + 1/3`."""
    text = plain(amount)
    if "/" not in text:
        return text
    sign, size = ("-" if amount < 0 else ""), abs(amount)
    whole = size.numerator // size.denominator
    return f"{sign}({whole:,} + {size - whole})"


def cut_off_krw(line: Line) -> Fraction:
    """What CV-1's cut to whole won took from a line's exact amount, after what a ceiling shortened; signed.

    Only what is taken off is ever shortened, which brings a line nearer to zero. Of a line that is the difference of
    two cut totals it is less than a won and may have either sign.
    """
    return line.uncut_krw + line.shortened_krw - line.amount_krw


def joined_versions(*versions: str) -> str:
    """The versions of prices and rates that a line rests on, as the line keeps them in one text."""
    return VERSIONS_JOINED.join(versions)


def versions_of(line: Line) -> tuple[str, ...]:
    """The versions that `joined_versions` kept with a line; none where it has no price."""
    return split_versions(line.price_version)


def split_versions(joined: str | None) -> tuple[str, ...]:
    """The versions that `joined_versions` joined; none for none."""
    return tuple(joined.split(VERSIONS_JOINED)) if joined else ()
