"""Large applications (IN-14): what screening asks more of, and what review judges in stages of their own."""

from collections.abc import Mapping


def is_large(product: str, units: int, large_from: Mapping[str, int] | None) -> bool:
    """IN-14: An application is large from so many units of its product on; it presents on site and has a longer body.

    `large_from` is the units by product from which on it is; None, or a product that is not named: never. Never
    raises.

    Example: S4: 8 H200 servers or 4 B200 servers are large, 7 and 3 are not.
    Source: S4.
    """
    least = None if large_from is None else large_from.get(product)
    return least is not None and units >= least
