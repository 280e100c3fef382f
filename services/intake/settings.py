"""What intake alone is told from outside."""

from pathlib import Path

from libs.common.settings import Settings

MEBIBYTE = 1 << 20


class IntakeSettings(Settings):
    """The common settings, and those of uploaded documents."""

    document_bytes_max: int = 50 * MEBIBYTE

    @property
    def documents_dir(self) -> Path:
        """Where uploaded documents are kept, by content."""
        return self.state_dir / "documents"


SETTINGS = IntakeSettings()
