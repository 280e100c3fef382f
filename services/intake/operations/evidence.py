"""Files that show a fact after the selection: added, never changed (BL-14)."""

from libs.common.clock import Clock
from libs.common.db import Tx
from libs.common.errors import Conflict
from libs.common.events.intake import EvidenceFiled
from libs.common.identity import Caller
from libs.common.outbox import say
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
    """Keep a file with a selected application, and tell billing its SHA-256: a claim that names it is compared.

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
    kept = await evidence.add_evidence(tx, told)
    await say(tx, _filed(kept, found.programme_code), now=kept.uploaded_at)
    return kept


def _filed(kept: EvidenceFile, programme_code: str) -> EvidenceFiled:
    return EvidenceFiled(
        application_id=kept.application_id,
        programme_code=programme_code,
        evidence_id=kept.evidence_id,
        kind=kept.kind,
        file_name=kept.file_name,
        size_bytes=kept.size_bytes,
        sha256=kept.sha256,
        filed_at=kept.uploaded_at,
    )


async def list_of(tx: Tx, caller: Caller, application_id: str) -> tuple[EvidenceFile, ...]:
    """The files of an application that the caller may see. Raises NotFound."""
    await own_application(tx, caller, application_id)
    return await evidence.list_evidence(tx, application_id)


async def get(tx: Tx, caller: Caller, application_id: str, evidence_id: str) -> EvidenceFile:
    """One of them. Raises NotFound."""
    await own_application(tx, caller, application_id)
    return await evidence.get_evidence(tx, application_id, evidence_id)
