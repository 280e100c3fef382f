"""`dure review verify`: an evidence pack is computed again on this machine, without any service."""

from pathlib import Path
from typing import Annotated

import typer

from services.review.operations.evidence import verify
from services.review.rules.packing import PACK_BYTES_MAX

review_app = typer.Typer(name="review", help="심사 증빙 · evidence of reviews.", no_args_is_help=True)


@review_app.callback()
def review() -> None:
    """Evidence of reviews."""


@review_app.command("verify")
def verify_pack(
    pack: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="증빙 묶음 · evidence.zip")],
) -> None:
    """Compute composites, ranking, selection, shares, cuts and refills of a pack again; 1 where anything differs."""
    if pack.stat().st_size > PACK_BYTES_MAX:
        typer.echo(f"다릅니다 · Differs: the pack is larger than {PACK_BYTES_MAX} bytes", err=True)
        raise typer.Exit(1)
    hashes, difference = verify(pack.read_bytes())
    for version, sha256 in hashes.items():
        typer.echo(f"{version}판 · version {version}: SHA-256 {sha256}")
    if difference is not None:
        typer.echo(f"다릅니다 · Differs: {difference}", err=True)
        raise typer.Exit(1)
    typer.echo("다시 계산한 결과와 같습니다 · Verified: computed again, nothing differs")
