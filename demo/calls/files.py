"""Small real files of the formats that calls ask for."""

import io
import zipfile
from collections.abc import Sequence
from functools import cache

from demo.people import office_file, pdf

STAMP = (2025, 1, 2, 0, 0, 0)
PREFERRED = ("pdf", "xlsx", "hwpx", "pptx", "zip")


@cache
def archive(*entries: tuple[str, bytes]) -> bytes:
    """A ZIP archive of these entries, byte for byte the same every time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, content in entries:
            made.writestr(zipfile.ZipInfo(name, STAMP), content)
    return buffer.getvalue()


def file_of(kind: str, formats: Sequence[str]) -> tuple[str, bytes]:
    """Name and content of a document in the first of its formats that can be made here. Raises StopIteration."""
    chosen = next(one for one in PREFERRED if one in formats)
    made = {
        "pdf": lambda: pdf(kind),
        "xlsx": lambda: office_file("xl/workbook.xml"),
        "pptx": lambda: office_file("ppt/presentation.xml"),
        "hwpx": lambda: archive(("mimetype", b"application/hwp+zip"), ("Contents/section0.xml", b"<section/>")),
        "zip": lambda: archive((f"{kind}.pdf", pdf(kind))),
    }
    return f"{kind}.{chosen}", made[chosen]()
