"""A document's content as an answer, under the name that its reader may see."""

from fastapi import Response
from fastapi.responses import StreamingResponse

from services.intake.model.applications import Document
from services.intake.operations.documents import open_document
from services.intake.rules.file_names import disposition
from services.intake.store.contents import Place


async def attachment(document: Document, file_name: str, place: Place) -> Response:
    """A document's content, to be saved under a name; never shown as what it may pretend to be."""
    content = await open_document(document, place=place)
    headers = {
        "Content-Length": str(document.size_bytes),
        "Content-Disposition": disposition(file_name),
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(content.pieces, media_type="application/octet-stream", headers=headers)
