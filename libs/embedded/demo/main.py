"""`dure demo`: starts a server, plays both programmes through it, prints a report and stays up to look around."""

import json
import time
from pathlib import Path
from typing import Any

from libs.embedded.demo.api import Api
from libs.embedded.demo.progress import Progress
from libs.embedded.demo.report import text_report, write_report
from libs.embedded.demo.story import Plan, Story
from libs.embedded.demo.telling import told_of
from libs.embedded.issuer import Issuer


def play(url: str, key: Path, report: Path, plan: Plan, memory_mb: Any) -> dict[str, Any]:
    """Play the plan against a fresh server; writes the report folder and returns the summary (issue's §5)."""
    began = time.monotonic()
    api = Api(url, Issuer.open(key))
    story = Story(api, plan, Progress())
    story.play()
    told = told_of(story, lambda: time.monotonic() - began, memory_mb)
    write_report(report, told)
    summary: dict[str, Any] = told["summary"]
    return {**summary, "_text": text_report(told)}


def as_json(summary: dict[str, Any]) -> str:
    """The summary as one JSON document."""
    return json.dumps({k: v for k, v in summary.items() if not k.startswith("_")}, ensure_ascii=False)
