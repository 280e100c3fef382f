"""`dure demo`: both programmes from the call to the settlement, in simulated time."""

import signal
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from libs.embedded.commands.server import launch, stop_server
from libs.embedded.home import Home, Running
from libs.operator.terminal import JSON_HELP, emit, fail, note

SEED = 2025


def demo(
    exit_after: Annotated[bool, typer.Option("--exit", help="끝나면 멈춥니다 · stop when done")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="모든 자료를 지우고 · remove all data first")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="포트, 0이면 빈 포트 · port, 0 takes a free one")] = 8080,
    seed: Annotated[
        int, typer.Option(help="같은 값이면 같은 정산 · the same seed settles byte for byte the same")
    ] = SEED,
    trace: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="실제 작업 기록 CSV · real jobs instead of generated"),
    ] = None,
    cards: Annotated[int | None, typer.Option(min=1, help="기록을 실행할 카드 수 · cards for the trace")] = None,
    days: Annotated[int | None, typer.Option(min=1, max=31, help="기록의 일수 · days of the trace")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="일곱 공고를 모두, 단계마다 하나씩 · all seven calls, at different stages")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """두 사업을 공모에서 정산까지 보여 줍니다 · walk both programmes from call to settlement, then stay up."""
    home = Home.here()
    running = home.running()
    if running is not None and not reset:
        fail(
            f"두레가 이미 돌고 있습니다({running.url}/). 먼저 ./dure down, 자료를 지우려면 --reset",
            f"Dure runs already at {running.url}/: ./dure down first, or add --reset to remove its data",
        )
    if running is not None:
        stop_server(running)
    if reset:
        home.reset()
    home.make()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    running = launch(home, [sys.executable, "-P", "-m", "libs.embedded.serve", "--port", str(port), "--for-demo"])
    try:
        from demo.main import run  # noqa: PLC0415  (numbers, traces, pictures)

        plan: dict[str, Any] = {"seed": seed, "trace": trace, "cards": cards, "days": days}
        summary = run(url=running.url, home=home, quiet=json, whole=every, **plan)
        if json:
            emit(summary)
        if not exit_after:
            _stay(home, running)
    except KeyboardInterrupt:
        note("멈춥니다 · stopping")
    finally:
        stop_server(running)


def _stay(home: Home, running: Running) -> None:
    note(f"둘러보세요 · look around: {running.url}/  (Ctrl-C: 멈춤 · stop)")
    while home.running() is not None:
        time.sleep(0.5)
