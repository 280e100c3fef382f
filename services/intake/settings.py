"""What intake alone is told from outside."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.settings import Settings

MEBIBYTE = 1 << 20
COUNT_EVERY_S = 15


class IntakeSettings(BaseSettings):
    """Beside the common settings: how large an upload may be, the form around the file included."""

    model_config = SettingsConfigDict(env_prefix="DURE_", extra="ignore")

    upload_bytes_max: int = 50 * MEBIBYTE


SETTINGS = IntakeSettings()


def documents_dir(settings: Settings) -> Path:
    """Where uploaded documents are kept, by content."""
    return settings.state_dir / "documents"
