"""Where intake's tables are declared. History is appended, never edited."""

from sqlalchemy import MetaData

from libs.common.backbone import backbone_tables

metadata = MetaData()
backbone_tables(metadata)
