"""Who supplies cards: an organisation, alone or at the head of a consortium."""

import datetime as dt
from dataclasses import dataclass

from services.intake.model.organisations import Restriction


@dataclass(frozen=True, slots=True)
class ProviderMember:
    """One member of a provider or of its consortium. `fully_impaired` is None while its accounts are unknown."""

    name: str
    business_no: str
    opened_on: dt.date
    fully_impaired: bool | None
    csap_certified: bool
    restrictions: tuple[Restriction, ...]
