"""What makes two requests the same: method, address and content; of a form its fields, as boundaries differ.

The content of a file counts by the hash that was made while it arrived, so that nothing is read twice. Keys that were
used before that have a fingerprint over the content itself; it is made only to compare with such a one.
"""

import asyncio
import hashlib
from typing import Any

from fastapi import Request
from starlette.datastructures import FormData

from libs.common.incoming import PIECE_BYTES, IncomingFile

BY_HASHES = "2:"
"""How a fingerprint begins in which files count by their hashes."""


async def fingerprint_of(request: Request, form: FormData | None) -> str:
    """The fingerprint of a request, and of the form that it brought."""
    told = _began(request)
    if form is None:
        told.update(await request.body())
        return str(told.hexdigest())
    for name, value in form.multi_items():
        if isinstance(value, IncomingFile):
            told.update(f"{name} {value.filename} {value.size_bytes} {value.sha256}\n".encode())
        else:
            told.update(f"{name} {len(str(value).encode())} {value}\n".encode())
    return f"{BY_HASHES}{told.hexdigest()}"


async def is_same(request: Request, form: FormData | None, kept: str, fingerprint: str) -> bool:
    """Whether the kept fingerprint is this request's, also where it was made over the content of its file."""
    if kept == fingerprint or form is None or kept.startswith(BY_HASHES):
        return kept == fingerprint
    return kept == await asyncio.to_thread(_over_content, _began(request), form)


def _began(request: Request) -> Any:
    return hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())


def _over_content(told: Any, form: FormData) -> str:
    for name, value in form.multi_items():
        if not isinstance(value, IncomingFile):
            content = str(value).encode()
            told.update(f"{name}  {len(content)}\n".encode() + content)
            continue
        told.update(f"{name} {value.filename} {value.size_bytes}\n".encode())
        value.bring_to_disk()
        value.file.seek(0)
        while piece := value.file.read(PIECE_BYTES):
            told.update(piece)
    return str(told.hexdigest())
