"""What two people decide about a selection: one proposes the command, another confirms it (BL-13)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Announcement:
    """A draft becomes what is said to everybody."""

    selection_id: str
