"""Places for documents, a folder and a bucket alike: kept once, listed in order, mended, collected by age."""

import hashlib
import os
import time
from pathlib import Path

import obstore
import pytest
from pydantic import ValidationError

from services.intake.rules.orphans import forgotten, goes_on_after
from services.intake.settings import IntakeSettings
from services.intake.store.bucket import SMALL_BYTES_MAX
from services.intake.store.contents import AccessRefused, Place
from services.intake.store.documents import NAMED_BY
from services.intake.store.files import Folder, path_of
from services.intake.tables.base import metadata
from tests.engines.object_store import ObjectStore
from tests.services.intake.people import PDF
from tests.services.intake.places import KINDS, bucket, put, read


@pytest.fixture(params=KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty place for documents of each kind."""
    if request.param == "folder":
        return Folder(tmp_path / "documents")
    return bucket(request.getfixturevalue("object_store"), tmp_path.name)


@pytest.mark.parametrize("content", [b"small", bytes(SMALL_BYTES_MAX + 1)], ids=["small", "in parts"])
def test_a_content_comes_back_as_it_went(place: Place, tmp_path: Path, content: bytes) -> None:
    """What is kept is read again, is kept once, and is gone when it was removed."""
    sha256 = put(place, tmp_path, content)
    assert put(place, tmp_path, content) == sha256
    assert (read(place, sha256), place.is_kept(sha256, len(content))) == (content, True)
    assert not place.is_kept(sha256, len(content) - 1)
    assert [one.sha256 for one in place.lying("", 9)] == [sha256]
    assert (place.remove(sha256), place.remove(sha256), read(place, sha256)) == (True, False, None)


def test_contents_are_listed_in_order_and_by_pieces(place: Place, tmp_path: Path) -> None:
    """A look goes on behind the last content; the marker is none, and a content tells how long it lies there."""
    place.write_marker("an-id")
    kept = sorted(put(place, tmp_path, f"{nth}".encode()) for nth in range(7))
    first = place.lying("", 3)
    assert [one.sha256 for one in first] == kept[:3]
    assert all(-5 < one.age_s < 60 for one in first)
    assert [one.sha256 for one in place.lying(kept[2], 9)] == kept[3:]
    assert place.lying(kept[-1], 9) == []
    assert place.read_marker() == "an-id"


def test_a_cut_content_is_replaced(place: Place, tmp_path: Path) -> None:
    """What does not lie there whole is replaced by the next upload of the same."""
    whole = b"whole" * 100
    sha256 = hashlib.sha256(whole).hexdigest()
    part = tmp_path / "cut.part"
    part.write_bytes(whole[:-1])
    place.keep(sha256, len(whole) - 1, part)
    put(place, tmp_path, whole)
    assert read(place, sha256) == whole


def test_documents_of_today_lie_where_they_lay(tmp_path: Path) -> None:
    """A folder from before is read as it is: two folders by the first letters, the hash as the name."""
    sha256 = hashlib.sha256(PDF).hexdigest()
    old = tmp_path / sha256[:2] / sha256[2:4] / sha256
    old.parent.mkdir(parents=True)
    old.write_bytes(PDF)
    assert read(Folder(tmp_path), sha256) == PDF


def test_a_folder_moves_into_a_bucket_as_a_copy(object_store: ObjectStore, tmp_path: Path) -> None:
    """The files of a folder under their names, the marker among them, are the bucket."""
    folder, moved = Folder(tmp_path / "documents"), bucket(object_store, "moved")
    sha256 = put(folder, tmp_path, PDF)
    folder.write_marker("an-id")
    for file in (one for one in folder.path.rglob("*") if one.is_file()):
        obstore.put(moved._look, f"moved/{file.relative_to(folder.path)}", file)
    assert (moved.read_marker(), read(moved, sha256)) == ("an-id", PDF)


def test_a_store_that_does_not_let_us_in_is_told_apart(object_store: ObjectStore) -> None:
    """A wrong key and a missing bucket are settings to be mended, not a store to be waited for."""
    with pytest.raises(AccessRefused):
        bucket(object_store, "", secret_access_key="wrong").read_marker()
    with pytest.raises(AccessRefused):
        bucket(object_store, "", bucket="no-such-bucket").lying("", 1)


NO_CONTENT = {"filing_version.sha256"}
"""The fingerprint of a filing: it names no file."""


def test_every_column_that_names_a_content_keeps_it() -> None:
    """A table that names contents and is not asked would lose them to the collecting of orphans."""
    named = {f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns}
    asked = {f"{column.table.name}.{column.name}" for column in NAMED_BY}
    assert {one for one in named if one.endswith(".sha256")} - NO_CONTENT == asked


@pytest.mark.parametrize(
    ("ages", "grace_s", "found"),
    [
        pytest.param({"b": 10.0, "a": 11.0}, 10.0, ("a", "b"), id="exactly the time of grace, in order"),
        pytest.param({"a": 9.9}, 10.0, (), id="a moment younger"),
        pytest.param({"a": -3.0}, 0.0, (), id="from the future, by another machine's clock"),
        pytest.param({}, 0.0, (), id="nothing"),
    ],
)
def test_forgotten(ages: dict[str, float], grace_s: float, found: tuple[str, ...]) -> None:
    """What lies there without a name for so long is nobody's."""
    assert forgotten(ages, grace_s) == found


def test_a_look_goes_on_where_it_ended() -> None:
    """As many as were asked for: there may be more; fewer: from the beginning again."""
    assert (goes_on_after(("a", "b"), 2), goes_on_after(("a",), 2), goes_on_after((), 2)) == ("b", "", "")


@pytest.mark.parametrize("told", ["http://x/y", "s3://", "s3://B", "s3://bucket?x=1", "/var/lib"])
def test_an_address_that_names_no_bucket_stops_the_start(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The setting is refused with the setting's name, not taken for a folder."""
    monkeypatch.setenv("DURE_DOCUMENTS_URL", told)
    with pytest.raises(ValidationError, match="DURE_DOCUMENTS_URL"):
        IntakeSettings()


def test_old_contents_are_told_by_the_disk(tmp_path: Path) -> None:
    """A file's age is that of its last change."""
    place = Folder(tmp_path / "documents")
    sha256 = put(place, tmp_path, PDF)
    os.utime(path_of(place.path, sha256), (time.time() - 90_000,) * 2)
    (lying,) = place.lying("", 9)
    assert 89_990 < lying.age_s < 90_100
