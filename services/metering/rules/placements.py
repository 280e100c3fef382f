"""A grant at a provider as it stands, from what was told of it in whatever order."""

from libs.common.cards import in_proportion
from services.metering.model.grants import Placed, Placement
from services.metering.model.time import earliest


def placement_in_force(told: Placed) -> Placement:
    """Units, cards and priced units as lowered since, all in one proportion; the earliest end that was told.

    The end is the earliest of the placement's, of a lowering's, and of the instant at which the grant ended early.
    Cards and priced units are whole: a grant is lowered by whole units. Never raises.
    """
    units = min(told.units, told.lowered_units or told.units)
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
        cards=in_proportion(told.cards, told.units, units),
        priced_product=told.priced_product,
        priced_units=in_proportion(told.priced_units, told.units, units),
        payable=told.payable,
        starts_at=told.starts_at,
        delivered_at=told.delivered_at,
        ends_at=earliest((told.ends_at, told.ended_at, told.lowered_ends_at)),
    )
