"""What the allocator is told from outside beside the settings of every service."""

from libs.common.settings import Settings


class AllocatorSettings(Settings):
    """The environment of the allocator's processes."""

    intake_url: str = "/intake"
    """Where callers reach intake, which registers providers: an address, or a path on the host that serves both."""
    placement_budget: float = 0.5
    """Deterministic seconds that one placement's exact search may use in all."""
    placement_probe_max: float = 0.1
    """Deterministic seconds for one question of that search."""
    placement_limit_s: int = 300
    """Seconds after which a search process is given up."""
