"""Where review's tables are declared. Sheets, conflicts, reopenings and announced runs are appended, never edited."""

from sqlalchemy import MetaData

from libs.common.backbone import backbone_tables

metadata = MetaData()
backbone_tables(metadata)
