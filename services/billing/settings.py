"""Billing needs no settings beyond those of every service."""

OVERDUE_EVERY_S = 60
"""Seconds between two looks for what is overdue."""
RETRY_EVERY_S = 60
"""Seconds between two looks for versions that came into force by the clock alone."""
MEASURE_EVERY_S = 15
"""Seconds between two refreshes of the gauges."""
SUM_EVERY_S = 300
"""Seconds between two sums over the whole ledger: that reads every entry there ever was."""
LEFT_EVERY_S = 300
"""Seconds between two looks for what is left to be stated after last months: that drafts what may be left."""
