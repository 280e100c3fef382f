"""Whether what a provider offers reaches what the notice prints for a product."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from services.allocator.model.supply import Decision, Offer, Specification
from services.allocator.policy import ProductPolicy, SpecPolicy, SubstitutionPolicy
from services.allocator.rules.variants import NOBODY, OnlyTypes, cards_given, grant_variants

Amount = Decimal | int
GRAVITY: Mapping[Decision, int] = {"pass": 0, "officer": 1, "fail": 2}
"""How bad a decision is: of several the gravest counts."""


def offer_conformance(
    offered_type: str,
    offered_cards: int,
    offered: Specification,
    types: frozenset[str],
    cards: int,
    required: SpecPolicy | None,
) -> Decision:
    """AL-6: An offer conforms if type, count, clock, cores, memory, storage and line reach the product's specification.

    `offered_type`, `offered_cards`: type and cards of the offer; `types`: the product's type and its allowed
    substitutes; `cards` ≥ 1: cards of one unit in the offered type; `required`: none where the notice prints no
    specification, so that only type and count are compared. Returns `pass`, `fail` (metered, not payable) or,
    where the notice can be read in two ways and the offer lies between them, `officer`. Never raises.

    Example: S1 product 3, readings 16 and 32 cores: 32 cores → pass, 24 → officer, 8 → fail.
    Source: S1 §3.
    """
    if offered_type not in types or offered_cards < cards:
        return "fail"
    if required is None:
        return "pass"
    decisions = (
        _reaches(Decimal(offered.cpu_ghz), required.cpu_ghz, None),
        _reaches(offered.cores, required.cores, required.doubtful_cores),
        _reaches(offered.memory_gb, required.memory_gb, required.doubtful_memory_gb),
        _reaches(Decimal(offered.storage_tb), required.storage_tb, required.doubtful_storage_tb),
        _reaches(Decimal(offered.line_gbps), required.line_gbps, None),
    )
    return _gravest(decisions)


def worst_conformance(
    product: ProductPolicy,
    required: SpecPolicy | None,
    substitutions: SubstitutionPolicy,
    offers: Iterable[Offer],
    cards: int | None = None,
    only_types: OnlyTypes = NOBODY,
) -> Decision:
    """How far all offers behind a place conform to a product: the worst of them (AL-6).

    `cards`: what is behind the place in all, where that is not what each offer brings (a pool); `only_types`: who has
    one type of cards alone (BL-3); `pass` without offers. Never raises.
    """
    variants = grant_variants(1, product, substitutions, only_types)
    types = frozenset(variant.card_type for variant in variants)
    return _gravest(
        offer_conformance(
            offer.card_type,
            offer.cards if cards is None else cards,
            offer.specification,
            types,
            cards_given(variants, offer.provider_id, offer.card_type) or product.cards_per_unit,
            required,
        )
        for offer in offers
    )


def is_payable(conforms: Decision, decided: bool | None) -> bool | None:
    """Whether use of an offer is payable (AL-6); None while an officer has to decide first.

    `decided`: what an officer said of an offer in doubt; none where nobody did. Never raises.
    """
    return decided if conforms == "officer" else conforms == "pass"


def is_place_payable(offers: Iterable[bool | None]) -> bool:
    """Whether use of a place is payable (AL-6): where every offer behind it is; one that is undecided is not yet.

    `offers` holds `is_payable` of each; a place without offers is payable. Never raises.
    """
    return all(offers)


def _gravest(decisions: Iterable[Decision]) -> Decision:
    return max(decisions, key=GRAVITY.__getitem__, default="pass")


def _reaches(offered: Amount, reading: Amount | None, second_reading: Amount | None) -> Decision:
    readings = [r for r in (reading, second_reading) if r is not None]
    if not readings or offered >= max(readings):
        return "pass"
    return "officer" if offered >= min(readings) else "fail"
