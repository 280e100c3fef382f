"""Review needs no settings beyond those of every service."""

ESCALATE_EVERY_S = 60
"""Seconds between two looks for reviewers who are late."""
