"""A grant at a provider as it stands, from what was told of it in whatever order."""

from services.metering.model.grants import Placed, Placement


def placement_in_force(told: Placed) -> Placement:
    """Units, cards and priced units as lowered since, all in one proportion; the earliest end that was told.

    The end is the earliest of the placement's, of a lowering's, and of the instant at which the grant ended early.
    Cards and priced units are whole: a grant is lowered by whole units. Never raises.
    """
    units = min(told.units, told.lowered_units or told.units)
    ends = (told.ends_at, told.ended_at, told.lowered_ends_at)
    return Placement(
        grant_id=told.grant_id,
        provider_id=told.provider_id,
        programme_code=told.programme_code,
        organisation_id=told.organisation_id,
        data_centre=told.data_centre,
        pool_id=told.pool_id,
        servers=told.servers,
        mode=told.mode,
        units=units,
        cards=told.cards * units // max(1, told.units),
        priced_product=told.priced_product,
        priced_units=told.priced_units * units // max(1, told.units),
        payable=told.payable,
        starts_at=told.starts_at,
        delivered_at=told.delivered_at,
        ends_at=min(end for end in ends if end is not None),
    )
