"""The report's building blocks: bilingual words, headings, tables that scroll, pictures with their caption."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

NONE = '<p class="none">없음 · <span lang="en">none</span></p>'


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column: its heading in both languages; numbers stand right, times and codes are never broken."""

    ko: str
    en: str
    look: str = ""
    """`n` for numbers, `t` for what stays on one line."""


def words(ko: str, en: str = "") -> str:
    """Korean, and English smaller beneath it."""
    return escape(ko) + (f'<span class="en" lang="en">{escape(en)}</span>' if en and en != ko else "")


def paragraph(ko: str, en: str) -> str:
    """A sentence in both languages."""
    return f"<p>{words(ko, en)}</p>"


def heading(level: int, ko: str, en: str, name: str = "") -> str:
    """A heading with both languages on one line; `name` makes it a place to jump to."""
    place = f' id="{name}"' if name else ""
    return f'<h{level}{place}>{escape(ko)} <small lang="en">{escape(en)}</small></h{level}>'


def table(label: str, columns: Sequence[Column], rows: Sequence[Sequence[str]], total: Sequence[str] = ()) -> str:
    """A table in a box of its own; cells are HTML already. `total` is its last row; without rows, a sentence."""
    if not rows:
        return NONE
    head = "".join(f'<th scope="col" class="{one.look}">{words(one.ko, one.en)}</th>' for one in columns)
    body = "".join(f"<tr>{_cells(columns, row)}</tr>" for row in rows)
    body += f'<tr class="sum">{_cells(columns, total)}</tr>' if total else ""
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="{escape(label)}">'
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cells(columns: Sequence[Column], row: Sequence[str]) -> str:
    return "".join(f'<td class="{one.look}">{cell}</td>' for one, cell in zip(columns, row, strict=True))


def pictured(svg: str, ko: str, en: str) -> str:
    """A picture with its caption, or a sentence where there is no picture."""
    if not svg:
        return NONE
    return f'<figure><div class="picture">{svg}</div><figcaption>{words(ko, en)}</figcaption></figure>'


def verdict(*, holds: bool) -> str:
    """Whether a check holds, in words and not by colour alone."""
    return '<span class="ok">✓ 맞음 · holds</span>' if holds else '<span class="bad">✗ 틀림 · fails</span>'


def code(text: str, shown: int | None = None) -> str:
    """A code or hash; shortened to `shown` characters, whole on hovering."""
    if shown is None or len(text) <= shown:
        return f"<code>{escape(text)}</code>"
    return f'<code title="{escape(text)}">{escape(text[:shown])}…</code>'
