"""What may happen to the rows of every table is decided, table by table."""

from collections import Counter

import pytest
from sqlalchemy import MetaData

from libs.common.backbone import backbone_tables
from libs.common.migrate import rights_of
from libs.common.rights import MACHINERY
from libs.embedded.together import load
from libs.operator.services import SERVICES


@pytest.mark.parametrize("name", SERVICES)
def test_f_46_every_table_stands_in_one_class(name: str) -> None:
    """F-46: a new table fails here until `services/<name>/rights.py` says what may happen to its rows."""
    named = Counter(table for table, _ in (*MACHINERY.classes(), *rights_of(name).classes()))
    tables = set(load(name).metadata.tables)
    assert {table: named[table] for table in tables if named[table] != 1} == {}


def test_f_46_the_machinery_names_its_own_tables_only() -> None:
    """F-46: what every service has is classed once, for all five."""
    metadata = MetaData()
    backbone_tables(metadata)
    assert {table for table, _ in MACHINERY.classes()} == set(metadata.tables)


@pytest.mark.parametrize("name", SERVICES)
def test_f_46_whatever_may_change_freely_has_a_reason(name: str) -> None:
    """F-46: a table whose rows may be changed and removed says why, in a sentence."""
    assert all(len(reason.split()) > 3 for reason in {**MACHINERY.free, **rights_of(name).free}.values())
