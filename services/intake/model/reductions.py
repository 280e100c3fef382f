"""Nouns of the reductions of the self-payment: what an application claims, and what of it is granted."""

import datetime as dt
from dataclasses import dataclass

from libs.common.self_payment import Reduction
from services.intake.model.organisations import Place


@dataclass(frozen=True, slots=True)
class Claims:
    """What an application claims of reductions, and what there is to show it."""

    youth: bool
    region: bool
    youth_first: bool
    """Asks for the youth one where both are granted (BL-4)."""
    is_youth: bool
    """Whether it is a youth enterprise (IN-6)."""
    places: tuple[Place, ...]
    attached: frozenset[str]
    """The kinds of its documents."""
    received_on: dt.date


@dataclass(frozen=True, slots=True)
class Granted:
    """Which claimed reductions are granted, and the one that applies."""

    youth: bool
    regional: bool
    reduction: Reduction
