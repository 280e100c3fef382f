"""Papers for people, as PDF: a template of ours set by typst with the fonts of pylopdf-fonts-ko.

The same facts at the same instant give the same bytes. Nothing is fetched, no font of the machine is used, and what
people wrote is handed over as data: none of it is read as typst.
"""

import datetime as dt
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pylopdf_fonts_ko

from libs.common.errors import DureError
from libs.common.few_threads import FewThreads, NoTurn

if TYPE_CHECKING:
    import typst

PAPERS_AT_ONCE = 2
WAIT_S_MAX = 20.0
_setters = FewThreads(PAPERS_AT_ONCE, WAIT_S_MAX)


class TypesetterBusy(DureError):
    """Too many papers are asked for at once (503)."""

    status = 503
    retry_after_s = 5

    def __init__(self) -> None:
        super().__init__("typesetter_busy")


async def typeset(template: Path, told: Mapping[str, Any], at: dt.datetime) -> bytes:
    """A PDF/A of a template, which reads `told` as JSON from `sys.inputs.told`; `at` is the instant written into it.

    Two papers are set at a time, in threads. Raises TypesetterBusy where a paper waits too long for its turn.
    """
    try:
        return await _setters.run(_set, template, json.dumps(told, ensure_ascii=False), at)
    except NoTurn as error:
        raise TypesetterBusy from error


def _set(template: Path, told: str, at: dt.datetime) -> bytes:
    import typst  # noqa: PLC0415 - heavy: only a process that sets a paper loads it

    made = typst.compile(
        template,
        root=template.parent,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"told": told},
        format="pdf",
        pdf_standards="a-2b",
        timestamp=int(at.timestamp()),
    )
    assert isinstance(made, bytes)  # noqa: S101 - one file is one paper
    return made


@cache
def _fonts() -> "typst.Fonts":
    import typst  # noqa: PLC0415 - as above

    folder = pylopdf_fonts_ko.sans_path().parent
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
