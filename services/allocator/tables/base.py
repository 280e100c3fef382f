"""The metadata of the allocator's tables, and the columns of a key."""

from sqlalchemy import Column, Integer, MetaData, Text, text

from libs.common.backbone import backbone_tables

metadata = MetaData()
backbone_tables(metadata)


def key_columns(name: str) -> tuple[Column[str], Column[int]]:
    """The folded form of a code (CV-9), and its number, from 0, among those that fold alike since before folding."""
    return (
        Column(name, Text, nullable=False),
        Column("key_twin", Integer, nullable=False, server_default=text("0")),
    )
