"""Nouns of places that a call divides among its pools by shares (RV-11)."""

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class PlaceMove:
    """That an officer moved unfilled places from one pool to another, and why."""

    programme_code: str
    from_track: str
    to_track: str
    places: int
    reason: str
    moved_by: str
    moved_at: dt.datetime


@dataclass(frozen=True, slots=True)
class PoolPlaces:
    """The places of a pool: by its share, what was moved to it (from it: negative), and how many are filled."""

    track: str
    by_share: int
    moved: int
    filled: int

    @property
    def places(self) -> int:
        """How many it has now."""
        return self.by_share + self.moved

    @property
    def unfilled(self) -> int:
        """How many of them nobody has."""
        return max(0, self.places - self.filled)


@dataclass(frozen=True, slots=True)
class HeldByRounds:
    """What the selected of a call's other rounds take of the limits that the rounds share (AL-20)."""

    capacity: Fraction
    """H100-equivalent cards, or card-months, as the pool's limit counts them."""
    budget_krw: int
    projects: int
