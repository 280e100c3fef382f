"""The folder of uploaded documents, as the database knows it."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DocumentFolder:
    """The one folder whose marker file carries this id."""

    folder_id: str
    made_at: dt.datetime
