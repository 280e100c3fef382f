"""Versions of a programme's definition: numbered without gaps, each written once (CV-8)."""

from libs.common.errors import Fact, Refusal


def version_refusal(programme_code: str, version: int, latest_version: int) -> Refusal | None:
    """Why an uploaded definition cannot be the programme's next version: its number is not the one after the latest."""
    if version == latest_version + 1:
        return None
    facts: dict[str, Fact] = {"programme": programme_code, "version": version, "next_version": latest_version + 1}
    return Refusal("CV-8", "programme_version_taken", facts)
