"""`dure generate`: the documents that are made from the code."""

from typing import Annotated

import typer

from libs.operator.terminal import JSON_HELP, emit


def generate(json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False) -> None:
    """생성 파일을 모두 새로 만듭니다 · make all generated files (exit code 1 if the index of rules has a fault)."""
    from tools.generate import faults, main, write  # noqa: PLC0415  (loads every event contract)

    if not json:
        raise typer.Exit(main())
    written, wrong = write(), faults()
    emit({"ok": not wrong, "written": written, "faults": wrong})
    raise typer.Exit(1 if wrong else 0)
