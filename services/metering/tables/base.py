"""Metering's metadata, with the tables that every service has. Events and closed statements are never changed."""

from sqlalchemy import MetaData

from libs.common.backbone import backbone_tables

metadata = MetaData()
backbone_tables(metadata)
programme_version = metadata.tables["programme_version"]
