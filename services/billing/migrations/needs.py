"""What an upgrade past a revision leaves to do, and which revisions no older process may run beside."""

NEEDS: dict[str, str] = {}

STOPS_OLDER = frozenset({"billing_0004"})
"""They ask of a row what an older process does not write."""
