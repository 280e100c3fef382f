"""Review needs no settings beyond those of every service."""

ESCALATE_EVERY_S = 60
"""Seconds between two looks for reviewers who are late."""
COUNT_EVERY_S = 15
"""Seconds between two counts of the sheets that are late."""
