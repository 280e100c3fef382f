"""What is wrong with a definition: every mistake as a value, with its path, and in both languages what to write."""

from collections.abc import Sequence
from dataclasses import dataclass

from libs.common.errors import Invalid, WrongField, json_pointer

PLACES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake: the dotted path at which it stands, what is wrong and what to write (Korean, English)."""

    path: str
    ko: str
    en: str
    concerns: tuple[str, ...] = ()
    """The other paths that the check looked at: where one of them is itself wrong, the mistake is not told."""
    pointer: str = ""
    """The JSON pointer, where it is not the path's own."""
    code: str = "contradiction"
    """What is wrong, a key of `libs/common/messages/fields.py`."""

    def field(self) -> WrongField:
        """As an answer tells it."""
        pointer = self.pointer or json_pointer(step for step in self.path.split(".") if step)
        return WrongField(self.path, pointer, self.ko, self.en, self.code)


class DefinitionInvalid(Invalid):
    """A definition with mistakes (422); all of them are told. A message that carries one becomes a dead letter."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        shown, more = mistakes[:PLACES_SHOWN], len(mistakes) - PLACES_SHOWN
        rest = [f"… (+{more})"] if more > 0 else []
        super().__init__(
            "programme_invalid",
            "CV-10",
            count=len(mistakes),
            places="; ".join([*(f"{m.path}: {m.en}" for m in shown), *rest]),
            places_ko="; ".join([*(f"{m.path}: {m.ko}" for m in shown), *rest]),
        )
        self.mistakes = tuple(mistakes)
        self.fields = tuple(mistake.field() for mistake in mistakes)
