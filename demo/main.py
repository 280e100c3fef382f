"""What `dure demo` plays: both programmes against a running server, then the report and the summary."""

import time
from pathlib import Path
from typing import Any

from demo.api import Api
from demo.overview import overview_of, show
from demo.progress import Progress
from demo.report import text_report, write_report
from demo.story import DRAWN_CARDS, DRAWN_DAYS, TRACED_CARDS, Plan, Story
from demo.telling import told_of
from demo.whole import Whole
from libs.embedded.commands.server import memory_mb
from libs.embedded.home import Home
from libs.embedded.issuer import Issuer
from libs.operator.terminal import say


def run(
    *,
    url: str,
    home: Home,
    seed: int,
    trace: Path | None,
    cards: int | None,
    days: int | None,
    quiet: bool,
    whole: bool = False,
) -> dict[str, Any]:
    """Play both programmes against a fresh server at `url`; leaves the report in the home folder.

    With `whole` the other calls are played beside them. Returns the summary; unless `quiet`, prints the report for a
    person. Raises Unexpected where a service answers something else than the demo counts on.
    """
    began = time.monotonic()
    plan = Plan(seed, trace, cards or (TRACED_CARDS if trace else DRAWN_CARDS), days or DRAWN_DAYS)
    story = (Whole if whole else Story)(Api(url, Issuer.open(home.key)), plan, Progress())
    story.play()
    running = home.running()
    told = told_of(story, time.monotonic() - began, memory_mb(running.pid) if running else 0)
    write_report(home.report, told)
    if not quiet:
        say(text_report(told))
    summary: dict[str, Any] = told["summary"]
    if isinstance(story, Whole):
        summary["calls"] = overview_of(story.api)
        if not quiet:
            show(summary["calls"], url)
    return summary
