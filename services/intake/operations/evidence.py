"""Files that show a fact after the selection: added, never changed (BL-14)."""

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict
from libs.common.identity import Caller
from services.intake.model.evidence import EvidenceFile
from services.intake.operations.applications import own_application, written_application, wrong_state
from services.intake.operations.documents import Upload, keep_content
from services.intake.rules.limits import is_full
from services.intake.rules.states import SHOWS_EVIDENCE
from services.intake.settings import SETTINGS
from services.intake.store import evidence
from services.intake.store.contents import Place


async def add(
    tx: Tx, caller: Caller, application_id: str, upload: Upload, *, place: Place, clock: Clock
) -> EvidenceFile:
    """Keep a file with a selected application; billing is told its SHA-256 by whoever claims with it.

    Raises NotFound, Forbidden for the agency, WrongState before the selection and after the end, Conflict above the
    number of documents that an application may have, StorageFull, StorageAway.
    """
    found = await written_application(tx, caller, application_id)
    if found.state not in SHOWS_EVIDENCE:
        raise wrong_state(found, SHOWS_EVIDENCE)
    if is_full(await evidence.count_evidence(tx, application_id), SETTINGS.documents_max):
        raise Conflict("documents_max_reached", documents_max=SETTINGS.documents_max)
    await keep_content(tx, upload, place=place)
    told = EvidenceFile(
        evidence_id="",
        application_id=application_id,
        kind=upload.kind,
        file_name=upload.file_name,
        found_format=upload.found_format,
        size_bytes=upload.size_bytes,
        sha256=upload.sha256,
        uploaded_by=caller.subject,
        uploaded_at=clock.now(),
    )
    return await evidence.add_evidence(tx, told)


async def list_of(tx: Tx, caller: Caller, application_id: str) -> tuple[EvidenceFile, ...]:
    """The files of an application that the caller may see. Raises NotFound."""
    await own_application(tx, caller, application_id)
    return await evidence.list_evidence(tx, application_id)


async def get(tx: Tx, caller: Caller, application_id: str, evidence_id: str) -> EvidenceFile:
    """One of them. Raises NotFound."""
    await own_application(tx, caller, application_id)
    return await evidence.get_evidence(tx, application_id, evidence_id)
