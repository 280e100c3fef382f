"""What an application asks for, as its columns keep it: a sketch while it is a draft, a whole request afterwards."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from libs.common.nouns import as_json, field_names, read
from services.intake.model.applications import Asked, Request, Sketch
from services.intake.model.organisations import Manager, PrincipalInvestigator

LEADS = "principal_investigator"
MANAGES = "manager"
"""Who leads and who manages stand in one column each, as JSON."""
ASKED = field_names(Request)
PLAIN = tuple(name for name in ASKED if name not in {LEADS, MANAGES})


@dataclass(frozen=True, slots=True)
class Leads:
    """Who leads, as the column keeps it."""

    id: str
    name: str
    is_professor: bool
    born_on: dt.date | None = None


def asked_of(row: Row[Any]) -> Asked:
    """What a row asks for: a request where it says all that one needs, else a sketch."""
    told: dict[str, Any] = {name: getattr(row, name) for name in PLAIN}
    if row.principal_investigator is not None:
        who = read(Leads, row.principal_investigator)
        told[LEADS] = PrincipalInvestigator(who.id, who.name, who.is_professor, who.born_on)
    else:
        told[LEADS] = None
    told[MANAGES] = None if row.manager is None else read(Manager, row.manager)
    sketch = Sketch(**told)
    return sketch if sketch.unstated else Request(**told)


def columns_of(asked: Asked) -> dict[str, Any]:
    """What to write for what is asked, with the keys by which whoever leads is found (CV-9)."""
    leads, person = asked.principal_investigator, asked.person
    told: dict[str, Any] = {name: getattr(asked, name) for name in PLAIN}
    told |= {LEADS: None, MANAGES: None if asked.manager is None else as_json(asked.manager)}
    if leads is not None:
        told[LEADS] = as_json(Leads(leads.principal_investigator_id, leads.name, leads.is_professor, leads.born_on))
    told |= {"form": dict(asked.form), "investigator_key": person.number_key or None}
    return told | {"person_key": person.person_key or None}
