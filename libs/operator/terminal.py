"""What the commands print: results to standard output, everything else to standard error, plain where nobody looks."""

import contextlib
import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any, NoReturn

import typer

JSON_HELP = "JSON 한 덩어리만 출력 · print one JSON document only"


def colourful() -> bool:
    """Whether a person watches who has not asked for plain text."""
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
