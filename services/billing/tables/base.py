"""Billing's metadata, with the tables that every service has. Facts are appended; ledger and issued lines stay."""

from sqlalchemy import Column, MetaData, Text

from libs.common.backbone import backbone_tables

metadata = MetaData()
backbone_tables(metadata)
programme_version = metadata.tables["programme_version"]


def texts(*names: str) -> list[Column[str]]:
    """Columns of text that are never null."""
    return [Column(name, Text, nullable=False) for name in names]
