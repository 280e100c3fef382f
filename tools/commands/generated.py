"""`dure generate`: the documents that are made from the code."""

import typer


def generate() -> None:
    """생성 파일을 모두 새로 만듭니다 · make all generated files (exit code 1 if the index of rules has a fault)."""
    from tools.generate import main  # noqa: PLC0415  (loads every event contract)

    raise typer.Exit(main())
