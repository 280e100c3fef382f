"""An evidence pack: files in a ZIP whose bytes are always the same, and read back only where they are just those (R12).

Entries are stored, not compressed, in the order of their names, with one fixed instant and nothing else beside them:
what the same files make is the same to the byte, also with another zlib. So a pack is read by packing what it holds
again: any byte that is another shows.
"""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import rfc8785

FORMAT = "dure-evidence/1"
MANIFEST = "manifest.json"
NAME = re.compile(r"manifest\.json|closings\.json|README\.txt|(runs|definitions)/[0-9]{6}\.json", re.ASCII)
PACK_BYTES_MAX = 1 << 30
ENTRIES_MAX = 4_000
FIXED = (2025, 1, 1, 0, 0, 0)
ORDINARY_FILE = 0o100644 << 16


class UnfitPackError(Exception):
    """That a file is no evidence pack, or not as it was packed; its words say what was seen first."""


def packed(files: Mapping[str, bytes]) -> bytes:
    """The bytes of a ZIP of these files: the same files make the same bytes, wherever and whenever."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, FIXED)
            entry.create_system, entry.external_attr = 3, ORDINARY_FILE
            archive.writestr(entry, files[name])
    return into.getvalue()


def with_manifest(files: Mapping[str, bytes], told: Mapping[str, Any]) -> dict[str, bytes]:
    """The files and the manifest that names each with its SHA-256, beside what is told of the whole."""
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = {"format": FORMAT, **told, "files": hashes}
    return {**files, MANIFEST: rfc8785.dumps(manifest)}


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files of a pack. Raises UnfitPackError for anything but what `packed` makes of a manifest and its files.

    Never reads more than the pack's own size: entries that are compressed, doubled, foreign or too many are refused
    before one of them is read.
    """
    if len(data) > PACK_BYTES_MAX:
        raise UnfitPackError(f"the pack is larger than {PACK_BYTES_MAX} bytes")
    files = _read(data)
    if MANIFEST not in files:
        raise UnfitPackError(f"{MANIFEST} is missing")
    for name, content in files.items():
        if name != MANIFEST and hashlib.sha256(content).hexdigest() != _hashes(files).get(name):
            raise UnfitPackError(f"{name}: its SHA-256 is not that of the manifest")
    missing = sorted(set(_hashes(files)) - set(files))
    if missing:
        raise UnfitPackError(f"{missing[0]} is missing")
    if packed(files) != data:
        raise UnfitPackError("the pack holds other bytes than its files make")
    return files


def _read(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check(entries)
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise UnfitPackError(f"not a readable ZIP: {error}") from error


def _check(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(entries) > ENTRIES_MAX or len(set(names)) != len(names):
        raise UnfitPackError("too many entries, or one twice")
    for entry in entries:
        if not NAME.fullmatch(entry.filename):
            raise UnfitPackError(f"foreign entry {entry.filename[:80]!r}")
        if entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size:
            raise UnfitPackError(f"{entry.filename} is compressed")
    if sum(entry.file_size for entry in entries) > PACK_BYTES_MAX:
        raise UnfitPackError("the entries are larger than a pack")


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    manifest = in_json(files, MANIFEST)
    hashes = manifest.get("files") if isinstance(manifest, dict) else None
    if not isinstance(hashes, dict) or manifest.get("format") != FORMAT:
        raise UnfitPackError(f"{MANIFEST} is none of {FORMAT}")
    return hashes


def in_json(files: Mapping[str, bytes], name: str) -> Any:
    """A file of a pack as JSON. Raises UnfitPackError where it is missing or none."""
    try:
        return json.loads(files[name].decode())
    except KeyError as error:
        raise UnfitPackError(f"{name} is missing") from error
    except (ValueError, RecursionError) as error:
        raise UnfitPackError(f"{name} is no JSON") from error
