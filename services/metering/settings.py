"""Metering needs no settings beside those of every service."""

from libs.common.settings import Settings


class MeteringSettings(Settings):
    """The environment of metering's processes."""
