"""A place for documents of each kind: a folder, and a bucket of a real S3 store."""

import hashlib
import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from services.intake.settings import SETTINGS
from services.intake.store.bucket import Bucket
from services.intake.store.contents import Place
from tests.engines.object_store import BUCKET, KEY, SECRET, ObjectStore

KINDS = ["folder", "bucket"]


def bucket(store: ObjectStore, prefix: str, **more: str) -> Bucket:
    """A prefix of the bucket as a place of documents."""
    access = {"endpoint": store.endpoint, "region": "us-east-1", "access_key_id": KEY, "secret_access_key": SECRET}
    return Bucket(more.pop("bucket", BUCKET), prefix, **{**access, **more})


def named(monkeypatch: pytest.MonkeyPatch, store: ObjectStore, prefix: str) -> None:
    """Have the settings name a prefix of the bucket."""
    monkeypatch.setattr(SETTINGS, "documents_url", f"s3://{BUCKET}/{prefix}")
    monkeypatch.setattr(SETTINGS, "documents_s3_endpoint", store.endpoint)
    monkeypatch.setattr(SETTINGS, "documents_s3_access_key", KEY)
    monkeypatch.setattr(SETTINGS, "documents_s3_secret_key", SecretStr(SECRET))


def put(place: Place, folder: Path, content: bytes) -> str:
    """Keep a content as an upload does; returns its hash."""
    sha256 = hashlib.sha256(content).hexdigest()
    part = folder / f"{time.monotonic_ns()}.part"
    part.write_bytes(content)
    place.bring(sha256, part)
    place.keep(sha256, len(content), part)
    return sha256


def read(place: Place, sha256: str) -> bytes | None:
    """A content as a download reads it."""
    opened = place.open(sha256)
    if opened is None:
        return None
    content = b"".join(opened.pieces)
    assert len(content) == opened.size_bytes
    return content
