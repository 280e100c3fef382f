"""What an upgrade past a revision leaves to do, and which revisions no older process may run beside."""

NEEDS: dict[str, str] = {}

STOPS_OLDER: frozenset[str] = frozenset()
