"""Billing needs no settings beyond those of every service."""

OVERDUE_EVERY_S = 60
"""Seconds between two looks for what is overdue."""
RETRY_EVERY_S = 60
"""Seconds between two looks for versions that came into force by the clock alone."""
MEASURE_EVERY_S = 15
"""Seconds between two refreshes of the gauges."""
