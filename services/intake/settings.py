"""What intake alone is told from outside."""

import re
from pathlib import Path
from typing import Self

from pydantic import SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from libs.common.settings import Settings

MEBIBYTE = 1 << 20
COUNT_EVERY_S = 15
COLLECT_EVERY_S = 600
BUCKET = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<prefix>[^/?#][^?#]*?))?/?")


class IntakeSettings(BaseSettings):
    """Beside the common settings: where documents lie, how large an upload may be, how much one applicant may keep."""

    model_config = SettingsConfigDict(env_prefix="DURE_", extra="ignore")

    documents_url: str = ""
    """Where uploaded documents lie: `s3://bucket` or `s3://bucket/prefix`; empty: in `DURE_STATE_DIR`."""
    documents_s3_endpoint: str = ""
    """Of a store that is not Amazon's: `https://storage.example:8333`."""
    documents_s3_region: str = "us-east-1"
    documents_s3_access_key: str = ""
    """Empty, with the secret one: as the machine is known to the store (`AWS_…`, the role of an instance)."""
    documents_s3_secret_key: SecretStr = SecretStr("")
    upload_bytes_max: int = 50 * MEBIBYTE
    """Of one upload, the form around the file included."""
    drafts_max: int = 50
    """Drafts that an organisation has at a time, over all calls."""
    documents_max: int = 200
    """Documents of one draft."""
    draft_bytes_max: int = 1_024 * MEBIBYTE
    """Of all documents of one draft."""
    organisation_bytes_max: int = 4_096 * MEBIBYTE
    """Of all documents of an organisation's applications."""
    invitation_days: int = 14
    """How long an invitation into an organisation may be accepted."""
    invitations_max: int = 100
    """Invitations of an organisation that are open at a time."""
    claims_max: int = 20
    """Claims on organisations that one person has open at a time."""
    import_rows_max: int = 5_000
    """Rows of one import of restrictions or awards."""
    import_bytes_max: int = 4 * MEBIBYTE
    """Of the file of one import, the form around it included."""
    business_status_url: str = ""
    """Where the tax office is asked for the status of business numbers; empty: nobody is asked."""
    business_status_key: SecretStr = SecretStr("")
    """The service key that the tax office's portal gave out, decoded."""
    business_status_wait_s: float = 5.0
    """How long the whole question may take."""
    orphans_grace_s: int = 86_400
    """How long a content lies in the store without a document before it is removed."""

    @model_validator(mode="after")
    def _a_bucket(self) -> Self:
        if self.documents_url and BUCKET.fullmatch(self.documents_url) is None:
            raise ValueError(
                "DURE_DOCUMENTS_URL: s3://bucket 또는 s3://bucket/prefix · s3://bucket or s3://bucket/prefix"
            )
        return self


SETTINGS = IntakeSettings()


def documents_dir(settings: Settings) -> Path:
    """Where uploaded documents are kept on a disk, by content."""
    return settings.state_dir / "documents"
