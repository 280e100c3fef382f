"""Where a database is and how its connection is protected, out of one address, for every connection alike."""

import ssl
from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import make_url

MODES = ("disable", "prefer", "require", "verify-ca", "verify-full")
OPTIONS = frozenset({"host", "sslmode", "sslrootcert", "sslcert", "sslkey"})


def with_tls(url: str, mode: str, root_certificate: str) -> str:
    """The address with these options; one that says something itself keeps it."""
    told = {"sslmode": mode, "sslrootcert": root_certificate}
    parts = make_url(url)
    parts = parts.update_query_dict({name: value for name, value in told.items() if value and name not in parts.query})
    return parts.render_as_string(hide_password=False)


def connect_arguments(url: str) -> dict[str, Any]:
    """The address as asyncpg takes it, TLS included. Raises ValueError for an option that is not known."""
    parts = make_url(url)
    if unknown := set(parts.query) - OPTIONS:
        raise ValueError(f"the database's address has options that nobody reads: {sorted(unknown)}")
    query = {name: value if isinstance(value, str) else value[0] for name, value in parts.query.items()}
    named: dict[str, Any] = {
        "host": query.get("host") or parts.host,
        "port": parts.port,
        "user": parts.username,
        "password": parts.password,
        "database": parts.database,
        "ssl": tls(query),
    }
    return {name: value for name, value in named.items() if value is not None}


def tls(options: Mapping[str, str]) -> ssl.SSLContext | str | None:
    """What protects the connection: as `sslmode` says, with the words that libpq uses; None leaves it to asyncpg.

    `verify-full` checks authority and name, `verify-ca` the authority only, `require` encrypts and checks nothing
    (with a root certificate it checks the authority, as libpq does). Raises ValueError, OSError.
    """
    mode, root = options.get("sslmode"), options.get("sslrootcert")
    if mode is None and root is None:
        return None
    mode = mode or "verify-full"
    if mode not in MODES:
        raise ValueError(f"sslmode is one of {', '.join(MODES)}, not {mode!r}")
    if mode in {"disable", "prefer"}:
        return mode
    context = ssl.create_default_context(cafile=root)
    context.check_hostname = mode == "verify-full"
    if mode == "require" and root is None:
        context.verify_mode = ssl.CERT_NONE
    if "sslcert" in options:
        context.load_cert_chain(options["sslcert"], options.get("sslkey"))
    return context
