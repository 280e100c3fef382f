"""Which place for documents the settings name: a disk, or a bucket."""

from libs.common.settings import Settings
from services.intake.settings import BUCKET, IntakeSettings, documents_dir
from services.intake.store.contents import Place
from services.intake.store.files import Folder


def place_of(settings: Settings, own: IntakeSettings) -> Place:
    """Where documents lie by the settings; nothing is asked or made there yet."""
    named = BUCKET.fullmatch(own.documents_url)
    if named is None:
        return Folder(documents_dir(settings))
    from services.intake.store.bucket import Bucket  # noqa: PLC0415 - only a process that has a bucket loads it

    return Bucket(
        named["bucket"],
        named["prefix"] or "",
        endpoint=own.documents_s3_endpoint,
        region=own.documents_s3_region,
        access_key_id=own.documents_s3_access_key,
        secret_access_key=own.documents_s3_secret_key.get_secret_value(),
    )
