"""What a walk writes down: who asked what, and what was answered, as a page of Markdown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from demo.api import Api, Unexpected

ANY = tuple(range(200, 600))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a token: how the page calls them, and what the token says."""

    name: str
    role: str
    subject: str
    org: str = ""


@dataclass
class Walk:
    """A page that grows with every request."""

    api: Api
    lines: list[str] = field(default_factory=list)

    def heading(self, ko: str, en: str) -> None:
        """Begin a part of the page."""
        self.lines += ["", f"## {ko} · {en}", "", "| 누가 · who | 무엇을 · what | 답 · answer |", "|---|---|---|"]

    def text(self, words: str) -> None:
        """A paragraph."""
        self.lines += ["", words]

    def asks(
        self, who: Person, what: str, path: str, body: Mapping[str, Any] | None = None, *, status: int, code: str = ""
    ) -> Any:
        """One command, which must be answered as told; the page shows who asked and the answer's words.

        Returns the answer's JSON. Raises Unexpected for another answer: then the page would not be true.
        """
        more = {"json": dict(body)} if body is not None else {}
        answer = self.api.ask("POST", path, role=who.role, org=who.org, subject=who.subject, expect=ANY, **more)
        told = answer.json()
        if answer.status_code != status or (code and told["code"] != code):
            raise Unexpected(f"{who.name}: POST {path} → {answer.status_code}: {answer.text[:1500]}")
        words = "됨" if status < 300 else f"`{told['code']}` {told['messages']['ko']}"
        self.lines.append(f"| {who.name} | {what}<br>`POST {path}` | **{status}** {words} |")
        return told

    def page(self) -> str:
        """Everything, as Markdown."""
        return "\n".join(self.lines) + "\n"
