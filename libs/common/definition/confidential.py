"""Which values of a definition the agency keeps to itself (F-47): declared once, for every place that shows one."""

import copy
from typing import Any

CONFIDENTIAL = (
    "tracks.*.selection.budget_krw",
    "tracks.*.selection.planning_price_krw",
    "billing.budget.cap_krw",
    "billing.budget.operating_krw",
    "billing.budget.part_krw",
    "billing.lowest_dynamic_price_krw",
)
"""Dotted paths of stated values; `*` stands for any one step."""


def is_confidential(path: str) -> bool:
    """Whether the stated value at a dotted path is for the agency only."""
    return any(_fits(path.split("."), pattern.split(".")) for pattern in CONFIDENTIAL)


def published(definition: dict[str, Any]) -> dict[str, Any]:
    """A definition's tree as it may be shown outside the agency: without the confidential values and their sources."""
    shown = copy.deepcopy(definition)
    for pattern in CONFIDENTIAL:
        _leave_out(shown, pattern.split("."))
    return shown


def _fits(steps: list[str], pattern: list[str]) -> bool:
    return len(steps) == len(pattern) and all(
        wanted in {"*", step} for step, wanted in zip(steps, pattern, strict=True)
    )


def _leave_out(node: Any, pattern: list[str]) -> None:
    if not isinstance(node, dict):
        return
    first, *rest = pattern
    names = list(node) if first == "*" else [first] if first in node else []
    for name in names:
        if rest:
            _leave_out(node[name], rest)
        else:
            del node[name]
