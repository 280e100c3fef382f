"""What was agreed with a provider that a providers' call selected, and what it owes from then on."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AgreedPrice:
    """What was agreed of one product: won per unit and hour, VAT included, and in which round of the negotiation."""

    product: str
    unit_price_krw: int
    round_no: int


@dataclass(frozen=True, slots=True)
class ProviderAgreement:
    """An agreement with a provider, as review said it; `provider_id` is its code here."""

    application_id: str
    programme_code: str
    programme_version: int
    selection_id: str
    organisation_id: str
    provider_id: str
    serves: tuple[str, ...]
    prices: tuple[AgreedPrice, ...]
    agreed_on: dt.date
    agreed_at: dt.datetime


@dataclass(frozen=True, slots=True)
class DueReport:
    """A report that a provider owes because of its agreement; `due_on` is its last day."""

    key: str
    name_ko: str
    name_en: str
    due_on: dt.date
