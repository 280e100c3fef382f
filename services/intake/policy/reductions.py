"""Which reductions of the self-payment a call knows, and what shows that a claim is true (IN-15)."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from libs.common.calendar import kst_day
from libs.common.self_payment import as_asked, rated

if TYPE_CHECKING:
    from libs.common.definition.programme import Programme
    from libs.common.definition.stated import Keys, StatedOrNone


@dataclass(frozen=True, slots=True)
class Evidence:
    """The kinds of documents of which one shows that a claim is true, and their names for people."""

    kinds: tuple[str, ...]
    names_ko: str
    names_en: str

    @classmethod
    def of(cls, programme: "Programme", stated: "StatedOrNone[Keys] | None") -> "Evidence":
        """Read the kinds and their names; none: the notice asks for no document. Raises PolicyMissing when unset."""
        kinds = stated.optional() if stated else None
        listed = [(kind, programme.intake.documents.get(kind)) for kind in kinds or ()]
        return cls(
            tuple(kind for kind, _ in listed),
            ", ".join(document.name.ko if document else kind for kind, document in listed),
            ", ".join(document.name.en if document else kind for kind, document in listed),
        )


@dataclass(frozen=True, slots=True)
class RegionPolicy:
    """IN-15's region: what it is called, how addresses there begin, and since when a place must be registered."""

    name_ko: str
    name_en: str
    addresses: tuple[str, ...]
    evidence: Evidence
    registered_on: dt.date | None
    """On or before which day; None: the day of the receipt."""

    @classmethod
    def of(cls, programme: "Programme") -> "RegionPolicy | None":
        """Read it; None where the call knows no region. Raises PolicyMissing where one of its values is unset."""
        region = programme.intake.region
        if region is None:
            return None
        evidence = Evidence.of(programme, region.evidence)
        day: dt.date | None = None
        match region.registered_by.optional():
            case "notice_date":
                day = programme.notice_date.optional()
            case "closing_date":
                closing = programme.submissions_close_at.optional()
                day = None if closing is None else kst_day(closing)
        return cls(region.name.ko, region.name.en, tuple(region.addresses), evidence, day)


@dataclass(frozen=True, slots=True)
class ReductionPolicy:
    """IN-15, BL-4: what shows each claim, and which reduction goes first; of a claim that is not made nothing is read.

    `region` None: the call knows no region, or none is claimed. `region_rated`: whether it has a rate for what is
    asked, be it one that an officer has still to fill in.
    """

    youth: Evidence
    region: RegionPolicy | None
    region_rated: bool
    region_first: bool

    @classmethod
    def of(
        cls, programme: "Programme", *, product: str, youth_claimed: bool, region_claimed: bool
    ) -> "ReductionPolicy":
        """Read what the claims need. Raises PolicyMissing where a value of a claimed one is unset."""
        return cls(
            youth=Evidence.of(programme, programme.intake.youth.evidence if youth_claimed else None),
            region=RegionPolicy.of(programme) if region_claimed else None,
            region_rated=_is_rated(programme, product),
            region_first=youth_claimed and region_claimed and bool(programme.intake.region_first.optional()),
        )


def _is_rated(programme: "Programme", product: str) -> bool:
    part, asked = programme.billing.self_payment, programme.products.get(product)
    if part.flow.known() == "free" or asked is None:
        return False
    key, _ = rated(part.rated_by, as_asked(product, 1, asked.card_type, asked.cards_per_unit))
    rate = part.rates.get(key)
    return rate is not None and not rate.regional_krw.is_none()
