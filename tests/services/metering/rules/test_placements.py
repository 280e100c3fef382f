"""A grant at a provider as it stands."""

from dataclasses import replace

import pytest

from services.metering.model.grants import Placed
from services.metering.rules.placements import placement_in_force
from tests.services.metering.meters import kst

TOLD = Placed(
    grant_id="A-1",
    provider_id="alpha",
    programme_code="p",
    organisation_id="O-1",
    data_centre="dc",
    pool_id=None,
    servers={"s": 8},
    mode="fixed",
    units=4,
    cards=8,
    priced_product="H100",
    priced_units=4,
    payable=True,
    starts_at=kst(1),
    ends_at=kst(30),
)


@pytest.mark.rule("MT-5")
@pytest.mark.parametrize(
    ("told", "stands"),
    [
        pytest.param({}, (4, 8, 4, kst(30)), id="as placed"),
        pytest.param({"lowered_units": 3, "lowered_ends_at": kst(20)}, (3, 6, 3, kst(20)), id="lowered"),
        pytest.param({"lowered_units": 4, "ended_at": kst(10)}, (4, 8, 4, kst(10)), id="ended early"),
        pytest.param({"lowered_ends_at": kst(20), "ended_at": kst(10)}, (4, 8, 4, kst(10)), id="the earliest end"),
    ],
)
def test_what_is_in_force(told, stands):
    """Units, cards and priced units go down in one proportion; the earliest end counts."""
    found = placement_in_force(replace(TOLD, **told))
    assert (found.units, found.cards, found.priced_units, found.ends_at) == stands
