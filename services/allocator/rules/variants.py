"""In which types and numbers of cards a grant may be given: as asked, substituted, better, by who has one type."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from libs.common.cards import cards_of
from services.allocator.model.grants import Grant
from services.allocator.model.placements import Variant
from services.allocator.policy import ProductPolicy, SubstitutionPolicy
from services.allocator.rules.cards import granted_cards

OnlyTypes = Mapping[str, str]
"""Provider → the type of cards it offers to the programme, of those that offer one type and no other."""
NOBODY: OnlyTypes = {}


def variants_of(card_type: str, cards: int, policy: SubstitutionPolicy) -> tuple[Variant, ...]:
    """AL-2: A grant asked in one type may be given in another where the programme allows the substitution.

    `card_type`, `cards` ≥ 1: what was asked. Returns what may be given, the asked type first, then the programme's
    substitutes in its order, each with its number of cards. Never raises.

    Example: 4 H100 under S0 → 4 H100, 4 H200 or 16 A100.
    Source: S0 §2.
    """
    given = tuple(Variant(to, cards * factor) for asked, to, factor in policy.pairs if asked == card_type)
    return (Variant(card_type, cards), *given)


def better_variants(product: ProductPolicy, units: int) -> tuple[Variant, ...]:
    """AL-21: A type that the definition lists as at least as good serves a product, with the product's own number.

    `units` ≥ 1 of the product. Returns the better types in the definition's order; none where it lists none. Priced
    is the product (`priced_as`), and the offer's specification still decides (AL-6). Never raises.

    Example: one H100x2 of S1, H200 listed → 2 H200.
    Source: S1 §3.
    """
    return tuple(Variant(better, cards_of(units, product.cards_per_unit)) for better in product.better)


def with_lone_providers(
    given: Collection[Variant], product: ProductPolicy, units: int, only_types: OnlyTypes
) -> tuple[Variant, ...]:
    """BL-3: A provider that has no other type but H100 serves A100×2 with one H100 per user, at the A100×2 price.

    `given`: what may be given else; `product.alone` the cards of a unit by such a type; `only_types` who has one type
    alone. Such a provider gives that number, and not the other one of its type. Never raises.

    Example: S1 product 1, provider K offers H100 only → of K one H100; of M, which has A100 too, 2 A100 or 2 H100.
    Source: S1 §3.
    """
    variants = list(given)
    for card_type, cards in product.alone:
        lone = frozenset(provider for provider, only in only_types.items() if only == card_type)
        if lone:
            variants = [replace(v, but=v.but | lone) if v.card_type == card_type else v for v in variants]
            variants.append(Variant(card_type, cards_of(units, cards), only=lone))
    return tuple(variants)


def grant_variants(
    units: int, product: ProductPolicy, policy: SubstitutionPolicy, only_types: OnlyTypes = NOBODY
) -> tuple[Variant, ...]:
    """What a grant of `units` ≥ 1 of a product may be given, the product's own type first. Never raises.

    Substitutes (AL-2) come next, then better types that are none of these (AL-21), then what providers of one type
    alone give (BL-3).

    Example: 2 units of H100x2 under S0 → 4 H100, 4 H200 or 16 A100.
    """
    given = variants_of(product.card_type, cards_of(units, product.cards_per_unit), policy)
    types = {variant.card_type for variant in given}
    better = tuple(variant for variant in better_variants(product, units) if variant.card_type not in types)
    return with_lone_providers((*given, *better), product, units, only_types)


def lone_types(offered: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Who offers one type of cards and no other (BL-3), and which. `offered`: the types of each provider's offers."""
    return {provider: next(iter(types)) for provider, types in offered.items() if len(set(types)) == 1}


def cards_given(variants: Collection[Variant], provider_id: str, card_type: str) -> int | None:
    """How many cards of a type a provider gives by these variants; None where it may not give that type."""
    fitting = (v.cards for v in variants if v.card_type == card_type and v.may_come_from(provider_id))
    return next(fitting, None)


def counted_cards(grant: Grant, product: ProductPolicy) -> tuple[int, str]:
    """By how many cards of which type a grant's TFLOPS count (AL-12): those it has, or what they stand for.

    Cards that serve a product by AL-21 or BL-3 count as the product's own. Never raises.

    Example: A100×2 served with one H100 → 2 A100, 39 TF; 4 H100 given as 16 A100 (AL-2) → 16 A100.
    """
    stands_in = {*product.better, *(card_type for card_type, _ in product.alone)}
    if grant.card_type in stands_in:
        return cards_of(grant.units, product.cards_per_unit), product.card_type
    return granted_cards(grant, product)
