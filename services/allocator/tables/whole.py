"""The metadata once every table is declared."""

from services.allocator.tables import base, deliveries, grants, placements, pools, supply

metadata = base.metadata
TOPICS = (deliveries, grants, placements, pools, supply)
