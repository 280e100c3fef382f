"""What intake alone is told from outside."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.settings import Settings

MEBIBYTE = 1 << 20
COUNT_EVERY_S = 15


class IntakeSettings(BaseSettings):
    """Beside the common settings: how large an upload may be, and how much one applicant may keep here."""

    model_config = SettingsConfigDict(env_prefix="DURE_", extra="ignore")

    upload_bytes_max: int = 50 * MEBIBYTE
    """Of one upload, the form around the file included."""
    drafts_max: int = 50
    """Drafts that an organisation has at a time, over all calls."""
    documents_max: int = 200
    """Documents of one draft."""
    organisation_bytes_max: int = 4_096 * MEBIBYTE
    """Of all documents of an organisation's applications."""


SETTINGS = IntakeSettings()


def documents_dir(settings: Settings) -> Path:
    """Where uploaded documents are kept, by content."""
    return settings.state_dir / "documents"
