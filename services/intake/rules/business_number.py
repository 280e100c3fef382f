"""Business registration numbers (IN-11)."""

from stdnum.kr import brn

from libs.common.errors import Invalid
from libs.common.keys import fold_key

WEIGHTS = (1, 3, 7, 1, 3, 7, 1, 3, 5)
DIGITS = 10


def business_number_holds(number: str) -> bool:
    """IN-11: A business registration number has ten digits, the last of which checks the others.

    `number` may carry hyphens and spaces. The first nine digits are weighted 1 3 7 1 3 7 1 3 5 and summed, plus
    ⌊5 · d9 / 10⌋; the check digit is (10 − sum mod 10) mod 10. Never raises.

    Example: 124-81-00998 holds, 124-81-00997 does not.
    Source: —.
    """
    compact = compact_business_number(number)
    if len(compact) != DIGITS or not (compact.isascii() and compact.isdigit()):
        return False
    digits = [int(digit) for digit in compact]
    total = sum(weight * digit for weight, digit in zip(WEIGHTS, digits, strict=False)) + 5 * digits[8] // 10
    return digits[9] == (10 - total % 10) % 10


def compact_business_number(number: str) -> str:
    """The number as it is compared (CV-9), without hyphens and spaces: `1248100998`, also from full-width digits."""
    return str(brn.compact(fold_key(number)))


def checked_business_number(number: str, code: str) -> str:
    """The compact number. Raises Invalid with `code` where it is none (IN-11)."""
    if not business_number_holds(number):
        raise Invalid(code, "IN-11", business_no=number)
    return compact_business_number(number)


def printed_business_number(number: str) -> str:
    """The number as people write it: `124-81-00998`."""
    return str(brn.format(number))
