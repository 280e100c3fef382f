"""Why a grant of a placement is not placed: the one limit that stops it, and what that says to people."""

from collections.abc import Sequence
from dataclasses import replace

from libs.common.errors import Refusal
from services.allocator.model.placements import Limit, Outcome, PoolOffer, Wish
from services.allocator.rules.naming import Book, first_fit

RULES: dict[Limit, str] = {
    "gate": "AL-7",
    "window": "AL-4",
    "no_offer": "AL-4",
    "relation": "AL-5",
    "server_size": "AL-1",
    "pool_size": "AL-4",
    "capacity": "AL-3",
}
"""The rule that speaks where a limit stops a grant."""


def limit_alone(empty: Book, wish: Wish) -> Limit:
    """The limit that stops a grant even if no other grant of the call were placed; empty where none does.

    `empty`: the book before anybody of the call is placed. The first that holds of: `window` (its months fit no start),
    `no_offer` (nobody offers a type that it may be given), `relation` (only providers that may not serve it do, AL-5),
    `server_size` (no data centre has that many cards or whole servers), `capacity` (none has them free). Never raises.
    """
    if not wish.starts:
        return "window"
    types = {variant.card_type for variant in wish.variants}
    offered = [group for group in empty.groups if group[2] in types]
    if not offered:
        return "no_offer"
    if all(provider_id in wish.barred_providers for provider_id, *_ in offered):
        return "relation"
    if not any(empty.could_hold(group, wish, variant) for variant in wish.variants for group in offered):
        return "server_size"
    return "" if first_fit(empty, wish, ()) else "capacity"


def limit_beside_pools(limit: Limit, wish: Wish, pools: Sequence[PoolOffer]) -> Limit:
    """The limit that stops a grant that neither servers nor pools can take; `limit`: what stops it on the servers.

    A pool of a type that it may be given is an offer too: where only barred providers have one the limit is the
    relation (AL-5), where they may serve it and are too small, the pools' size. What stops it on servers of providers
    that may serve it stays. Never raises.

    Example: no server offered fixed, the only pool is of the applicant's own company → `relation`.
    """
    if limit not in ("no_offer", "relation"):
        return limit
    able = [pool for pool in pools if pool.card_type in {variant.card_type for variant in wish.variants}]
    if not able:
        return limit
    return "relation" if all(pool.provider_id in wish.barred_providers for pool in able) else "pool_size"


def beside_pools(
    outcomes: Sequence[Outcome], wishes: Sequence[Wish], pools: Sequence[PoolOffer]
) -> tuple[Outcome, ...]:
    """What placement says of grants that no pool serves, each with the limit that stops it on servers and in pools.

    `wishes` holds one for each outcome. In the order of `outcomes`. Never raises.
    """
    by_id = {wish.grant_id: wish for wish in wishes}
    return tuple(
        replace(outcome, limit=limit_beside_pools(outcome.limit, by_id[outcome.grant_id], pools))
        for outcome in outcomes
    )


def limit_refusals(grant_id: str, limit: Limit, gates: Sequence[str]) -> tuple[Refusal, ...]:
    """Why a grant is not placed, for people: one refusal for its limit, one for each closed gate; none where it is.

    `gates`: the closed gates where the limit is `gate` (AL-7). Never raises.

    Example: `gate` with the agreement unsigned and the self-payment open → two refusals of AL-7.
    """
    if limit == "gate":
        return tuple(Refusal("AL-7", "placement_gate", {"grant_id": grant_id, "gate": gate}) for gate in gates)
    return (Refusal(RULES[limit], f"placement_{limit}", {"grant_id": grant_id}),) if limit else ()
