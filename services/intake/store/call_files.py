"""The rows of a call's files: what was uploaded, and what was taken back."""

import datetime as dt

from sqlalchemy import exists, insert, select
from sqlalchemy.dialects.postgresql import distinct_on

from libs.common.db import Tx
from libs.common.errors import NotFound
from libs.common.nouns import all_of, columns, one, values
from services.intake.model.call_files import CallFile
from services.intake.store.programmes import new_id
from services.intake.tables.call_files import call_file, call_file_withdrawal

FILE = columns(call_file, CallFile)
_STANDS = ~exists().where(call_file_withdrawal.c.file_id == call_file.c.file_id)


async def add_file(tx: Tx, new: CallFile) -> CallFile:
    """Keep an upload's row under a new id."""
    row = {**values(new), "file_id": new_id("CF", "call_file_seq")}
    return one(CallFile, (await tx.execute(insert(call_file).values(**row).returning(*FILE))).one())


async def add_withdrawal(tx: Tx, file_id: str, reason: str, *, by: str, now: dt.datetime) -> None:
    """Append that a file is not to be fetched any more."""
    await tx.execute(insert(call_file_withdrawal).values(file_id=file_id, reason=reason, by=by, at=now))


async def list_newest(tx: Tx, programme_code: str) -> tuple[CallFile, ...]:
    """Of each name of a call the newest upload that was not taken back."""
    query = (
        select(*FILE)
        .where(call_file.c.programme_code == programme_code, _STANDS)
        .ext(distinct_on(call_file.c.file_name))
        .order_by(call_file.c.file_name, call_file.c.uploaded_at.desc(), call_file.c.file_id.desc())
    )
    return all_of(CallFile, await tx.execute(query))


async def get_standing(tx: Tx, programme_code: str, file_id: str) -> CallFile:
    """One upload of a call that was not taken back. Raises NotFound."""
    query = select(*FILE).where(call_file.c.programme_code == programme_code, call_file.c.file_id == file_id, _STANDS)
    row = (await tx.execute(query)).first()
    if row is None:
        raise NotFound("document", file_id)
    return one(CallFile, row)
