"""The metadata once every table is declared."""

from services.allocator.tables import base, grants, placements, pools, supply

metadata = base.metadata
TOPICS = (grants, placements, pools, supply)
