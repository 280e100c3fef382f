"""Nouns of selecting providers: what they offer, their order, the steps of each, prices, the agreement (RV-15)."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.review.model.applications import Application

ProviderStepName = Literal["technical", "price", "agreement"]
STEPS: tuple[ProviderStepName, ...] = ("technical", "price", "agreement")
"""Technical demonstration and negotiation, price negotiation, agreement: in this order."""
PlaceState = Literal["waiting", "technical", "price", "agreement", "agreed", "failed", "gone"]
"""What a provider waits for or goes through now: `waiting` for those before it, a step, or how it ended."""


@dataclass(frozen=True, slots=True)
class StatedOffer:
    """What intake said that an application offers."""

    application_id: str
    products: tuple[str, ...]
    cards: tuple[str, ...]
    stated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ConsortiumCheck:
    """What intake found of a consortium before the agreement; the last one counts."""

    check_id: str
    application_id: str
    outcome: Literal["pass", "officer", "fail"]
    found: tuple[str, ...]
    checked_at: dt.datetime


@dataclass(frozen=True, slots=True)
class PassingProvider:
    """An application of a providers' call that reached the threshold, with its rank by score and what it offers."""

    application_id: str
    rank: int
    score: int
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProviderPlace:
    """A place in the order of negotiation, from 1; the rank is that by score alone."""

    place: int
    application_id: str
    rank: int
    score: int
    """In hundredths of a point."""
    offers_all: bool
    products: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProviderSelection:
    """The order in which a providers' call negotiates, as it was made once."""

    provider_selection_id: str
    programme_code: str
    programme_version: int
    track: str
    reason: str
    made_by: str
    made_at: dt.datetime


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One item of the demonstration: as the notice names it or as it was added, and whether it was shown well."""

    name: str
    passed: bool


@dataclass(frozen=True, slots=True)
class ProviderStep:
    """How a step of a provider ended, with the reason."""

    application_id: str
    step: ProviderStepName
    passed: bool
    shown: tuple[ShownItem, ...]
    """Of the technical step."""
    reason: str
    decided_by: str
    decided_at: dt.datetime


@dataclass(frozen=True, slots=True)
class PriceLine:
    """What was on the table for one product: won per unit and hour, VAT included."""

    product: str
    unit_price_krw: int


@dataclass(frozen=True, slots=True)
class PriceRound:
    """One round of the negotiation of prices."""

    application_id: str
    round_no: int
    prices: tuple[PriceLine, ...]
    reason: str
    recorded_by: str
    recorded_at: dt.datetime


@dataclass(frozen=True, slots=True)
class LastPrice:
    """The last price of a product, and the round it comes from."""

    product: str
    unit_price_krw: int
    round_no: int


@dataclass(frozen=True, slots=True)
class SeveralProviders:
    """The decision that several providers are selected, where the call has one in principle."""

    provider_selection_id: str
    reason: str
    decided_by: str
    decided_at: dt.datetime


@dataclass(frozen=True, slots=True)
class AgreedProvider:
    """The agreement with a provider: two people stand behind it."""

    application_id: str
    agreed_on: dt.date
    prices: tuple[LastPrice, ...]
    reason: str
    agreed_by: str
    agreed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Negotiation:
    """Where one provider of the order stands."""

    place: ProviderPlace
    application: Application
    steps: Mapping[ProviderStepName, ProviderStep]
    rounds: tuple[PriceRound, ...]
    agreement: AgreedProvider | None
    check: ConsortiumCheck | None = None
    """The last one before the agreement."""


@dataclass(frozen=True, slots=True)
class Negotiations:
    """A whole selection of providers: the order with where each stands, and the decision for several, if any."""

    selection: ProviderSelection
    places: tuple[Negotiation, ...]
    several: SeveralProviders | None


@dataclass(frozen=True, slots=True)
class DecideStep:
    """How an officer ends a step of a provider; `shown` in the notice's order, `added` items beyond it."""

    application_id: str
    step: ProviderStepName
    passed: bool
    shown: tuple[bool, ...]
    added: tuple[ShownItem, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class RecordRound:
    """What an officer records of a round."""

    application_id: str
    round_no: int
    prices: tuple[PriceLine, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class ProviderAgreement:
    """The command that two people take: the agreement with a provider of a selection, made on a day."""

    provider_selection_id: str
    application_id: str
    agreed_on: dt.date
