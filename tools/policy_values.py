"""The values of the shipped programmes, each with its path, its line in the YAML, and how a person writes it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

PROGRAMMES = "programmes/*.yaml"
WORDS = {"none": "정함 없음", "unset": "미정", "true": "예", "false": "아니요", "null": "정함 없음"}


@dataclass(frozen=True, slots=True)
class PolicyValue:
    """One stated value: the file from the root on, its line, its path, and its text as it stands in the file."""

    file: str
    line: int
    path: str
    text: str

    @property
    def programme(self) -> str:
        """The programme's code, which is the file's name."""
        return Path(self.file).stem

    @property
    def words(self) -> str:
        """The value as a person writes it: 28800 under `…_s` is 8시간, 50 under `…_pct` is 50 %."""
        return WORDS.get(self.text) or _with_unit(self.path, self.text)


def policy_values(root: Path) -> list[PolicyValue]:
    """Every value of every shipped programme, in the files' order."""
    found = []
    for file in sorted(root.glob(PROGRAMMES)):
        node = yaml.compose(file.read_text(encoding="utf-8"))
        found += [
            PolicyValue(file.relative_to(root).as_posix(), line + 1, ".".join(path), text)
            for path, line, text in _leaves(node, ())
        ]
    return found


def matches(pattern: str, path: str) -> bool:
    """Whether a path of `docs/rules.yaml` covers a value: segment by segment, `*` any, the rest lies below."""
    wanted, steps = pattern.split("."), path.split(".")
    return len(wanted) <= len(steps) and all(w in ("*", s) for w, s in zip(wanted, steps, strict=False))


def _leaves(node: yaml.Node | None, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int, str]]:
    if isinstance(node, yaml.MappingNode):
        entries = {str(key.value): (key, value) for key, value in node.value}
        if "is" in entries:
            yield path, entries["is"][0].start_mark.line, _text(entries["is"][1])
        else:
            for name, (_, value) in entries.items():
                yield from _leaves(value, (*path, name))
    elif node is not None:
        yield path, node.start_mark.line, _text(node)


def _text(node: yaml.Node) -> str:
    if isinstance(node, yaml.SequenceNode):
        return ", ".join(_text(item) for item in node.value)
    if isinstance(node, yaml.MappingNode):
        return " ".join(f"{key.value}={_text(value)}" for key, value in node.value)
    return str(node.value)


def _with_unit(path: str, text: str) -> str:
    if not text.lstrip("-").isdigit() and not path.endswith("_pct"):
        return text
    return next((words(text) for end, words in UNITS if path.endswith(end)), text)


def _seconds(text: str) -> str:
    seconds = int(text)
    for length, name in ((86_400, "일"), (3_600, "시간"), (60, "분")):
        if seconds and seconds % length == 0:
            return f"{seconds // length}{name}"
    return f"{seconds}초"


UNITS: Sequence[tuple[str, Callable[[str], str]]] = (
    ("wait_limit_s", _seconds),
    ("_s", _seconds),
    ("_krw", lambda text: f"{int(text):,}원"),
    ("_pct", lambda text: ", ".join(f"{part} %" for part in text.split(", "))),
    ("_days", lambda text: f"{text}일"),
    ("statement_due_day", lambda text: f"다음 달 {text}일"),
    ("days_per_month", lambda text: f"{text}일"),
    ("outage_hours_per_month", lambda text: f"{text}시간"),
    ("youth.years", lambda text: f"{text}년(만 {int(text) - 1}세 이하)"),
    ("threshold", lambda text: f"{text}점"),
    ("rubric.goals.max", lambda text: f"{text}점"),
    (".max", lambda text: f"{text}점"),
    ("months_min", lambda text: f"{text}개월"),
    ("months_max", lambda text: f"{text}개월"),
    ("max_applications", lambda text: f"{text}건"),
    ("projects_max", lambda text: f"{text}건"),
    ("cards_per_unit", lambda text: f"{text}장"),
    ("server_cards", lambda text: f"{text}장"),
    ("rounds_max", lambda text: f"{text}회"),
    ("seats_min", lambda text: f"{text}인"),
    ("seats_max", lambda text: f"{text}인"),
    ("sheets_min", lambda text: f"{text}인"),
)
