"""Keys by which people are told apart are folded (CV-9); what turns out to be one is listed, never merged.

In Python, because no database folds as `fold_key` does.
"""

import json
from collections import defaultdict

from alembic import op
from sqlalchemy import text

from libs.common.keys import fold_key

revision = "intake_0004"
down_revision = "intake_0003"
branch_labels = None
depends_on = None

EXPAND = (
    "ALTER TABLE restriction ADD COLUMN subject_key TEXT",
    "ALTER TABLE restriction ADD COLUMN person_key TEXT",
    "ALTER TABLE award ADD COLUMN subject_key TEXT",
    "ALTER TABLE award ADD COLUMN person_key TEXT",
    "ALTER TABLE application ADD COLUMN investigator_key TEXT",
    "ALTER TABLE application ADD COLUMN person_key TEXT",
    """CREATE TABLE key_collision (
        id BIGINT GENERATED ALWAYS AS IDENTITY,
        kind TEXT NOT NULL,
        key TEXT NOT NULL,
        spellings TEXT[] NOT NULL,
        things TEXT[] NOT NULL,
        found_by TEXT NOT NULL,
        PRIMARY KEY (id),
        UNIQUE (kind, key)
    )""",
)
CONTRACT = (
    "ALTER TABLE restriction ALTER COLUMN subject_key SET NOT NULL",
    "ALTER TABLE award ALTER COLUMN subject_key SET NOT NULL",
    "CREATE INDEX ix_restriction_subject_key ON restriction (subject_key)",
    "CREATE INDEX ix_restriction_person_key ON restriction (person_key)",
    "CREATE INDEX ix_award_subject_key ON award (subject_key)",
    "CREATE INDEX ix_award_person_key ON award (person_key)",
    "CREATE INDEX ix_application_investigator_key ON application (investigator_key)",
    "CREATE INDEX ix_application_person_key ON application (person_key)",
)
BATCH_ROWS = 1_000


def _fold_subjects(table: str, id_column: str, spelled: dict[str, dict[str, list[str]]]) -> None:
    bind = op.get_bind()
    rows = bind.execute(text(f"SELECT {id_column}, subject_id FROM {table} ORDER BY {id_column}")).all()
    change = text(f"UPDATE {table} SET subject_key = :key WHERE {id_column} = :id")
    told = [{"key": fold_key(subject), "id": row_id} for row_id, subject in rows]
    for first in range(0, len(told), BATCH_ROWS):
        bind.execute(change, told[first : first + BATCH_ROWS])
    for row_id, subject in rows:
        spelled[fold_key(subject)][subject].append(row_id)


def _fold_applications(spelled: dict[str, dict[str, list[str]]]) -> None:
    """Professors count by themselves, whatever the house (IN-3); an unnamed one counts as the organisation still."""
    bind = op.get_bind()
    query = text(
        "SELECT application_id, organisation_id, principal_investigator, counting_unit, programme_code"
        " FROM application WHERE principal_investigator IS NOT NULL ORDER BY application_id"
    )
    change = text("UPDATE application SET investigator_key = :key, counting_unit = :unit WHERE application_id = :id")
    units: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    told = []
    for application_id, organisation_id, who, unit, programme_code in bind.execute(query).all():
        investigator = json.loads(who) if isinstance(who, str) else who
        key = fold_key(investigator["id"])
        spelled[f"investigator:{key}"][f"investigator:{investigator['id']}"].append(application_id)
        folded = f"professor:{key}" if unit == f"{organisation_id}/{investigator['id']}" and key else unit
        if folded is not None and folded != unit:
            units[f"{programme_code} {folded}"][unit].append(application_id)
        told.append({"key": key, "unit": folded, "id": application_id})
    for first in range(0, len(told), BATCH_ROWS):
        bind.execute(change, told[first : first + BATCH_ROWS])
    _list("counting_unit", units)


def _list(kind: str, spelled: dict[str, dict[str, list[str]]]) -> None:
    keep = text(
        "INSERT INTO key_collision (kind, key, spellings, things, found_by)"
        " VALUES (:kind, :key, :spellings, :things, :found_by)"
    )
    for key, by_spelling in sorted(spelled.items()):
        if len(by_spelling) > 1:
            things = sorted({thing for found in by_spelling.values() for thing in found})
            row = {"kind": kind, "key": key, "spellings": sorted(by_spelling), "things": things}
            op.get_bind().execute(keep, {**row, "found_by": revision})


def upgrade() -> None:
    """Expand, fill, then ask for what was filled; two spellings of one key become a row for an officer."""
    for statement in EXPAND:
        op.execute(statement)
    spelled: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    _fold_subjects("restriction", "restriction_id", spelled)
    _fold_subjects("award", "award_id", spelled)
    _fold_applications(spelled)
    _list("investigator", spelled)
    for statement in CONTRACT:
        op.execute(statement)
