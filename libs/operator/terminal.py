"""What the commands print: results to standard output, the rest to standard error; no colours off a terminal."""

import contextlib
import json
import os
import shutil
import sys
import time
import unicodedata
from collections.abc import Iterator
from typing import Any, NoReturn

import typer

JSON_HELP = "JSON 한 덩어리만 출력 · print one JSON document only"


def colourful() -> bool:
    """Whether standard error is a terminal and plain text was not asked for."""
    return sys.stderr.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def say(line: str) -> None:
    """A result line."""
    print(line, flush=True)


def note(line: str) -> None:
    """A line about what goes on, beside the results."""
    print(line, file=sys.stderr, flush=True)


def emit(document: Any) -> None:
    """A result for programs: one JSON document."""
    print(json.dumps(document, ensure_ascii=False, indent=1, default=str), flush=True)


def fail(ko: str, en: str, code: int = 1) -> NoReturn:
    """End with one sentence in both languages, Korean particles fitted; 1: it did not work, 2: it was asked wrongly."""
    from libs.common.messages.facts import with_particles  # noqa: PLC0415  (loads the calendar)

    note(f"dure: {with_particles(ko)} · {en}")
    raise typer.Exit(code)


def legible(text: str) -> str:
    """A text as a terminal may show it: what would steer the terminal, or cannot be written, as its escape."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def columns() -> int:
    """How wide the terminal is; 80 where nobody knows. Never under 40 nor over 100, so that lines can be read."""
    return min(max(shutil.get_terminal_size((80, 24)).columns, 40), 100)


def wrapped(text: str, indent: str, width: int) -> Iterator[str]:
    """The lines of a text, broken at spaces, each behind an indent and at most `width` columns wide.

    Hangul takes two columns a letter. A word wider than a line is cut.
    """
    line, room = "", width - _width(indent)
    for word in text.split(" "):
        rest = word
        if line and _width(line) + 1 + _width(rest) > room:
            yield indent + line
            line = ""
        while _width(rest) > room:
            cut = next(at for at in range(len(rest), 0, -1) if _width(rest[:at]) <= room)
            yield indent + rest[:cut]
            rest = rest[cut:]
        line = f"{line} {rest}" if line else rest
    yield indent + line


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


@contextlib.contextmanager
def step(words: str) -> Iterator[None]:
    """A step that may take more than a second: a spinner for a person, one line each way else."""
    began = time.monotonic()
    if colourful():
        from rich.console import Console  # noqa: PLC0415  (costs a tenth of a second)

        with Console(stderr=True).status(words):
            yield
    else:
        note(f"{words} …")
        yield
    if time.monotonic() - began > 1:
        note(f"{words}: {time.monotonic() - began:.1f} s")
