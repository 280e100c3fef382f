"""Where a request without a token comes from: whoever sent it, as far as a proxy of ours says so."""

import ipaddress
from collections.abc import Iterable, Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
IPV6_HOUSE_BITS = 64
"""A house has so many bits of its own: its addresses are one sender."""
UNKNOWN = "unknown"


def read_networks(text: str) -> tuple[Network, ...]:
    """Networks or addresses separated by commas. Raises ValueError where one is none."""
    return tuple(ipaddress.ip_network(one.strip(), strict=False) for one in text.split(",") if one.strip())


def sender_of(peer: str, forwarded: Iterable[str], trusted: Sequence[Network]) -> str:
    """Who sent a request: the peer of the connection or, where that is a trusted proxy, whom it forwards for.

    `forwarded` are the values of `X-Forwarded-For`; they are read from the right, and the first address that is no
    trusted proxy counts: what stands before it was written by the sender itself. An IPv6 sender is its /64. Never
    raises: what is no address ends the reading at the proxy that told it.

    Example: 10.0.0.1 is trusted and says `203.0.113.9, 10.0.0.2` with 10.0.0.2 trusted too → 203.0.113.9.
    """
    sender = _address(peer)
    hops = [hop.strip() for value in forwarded for hop in value.split(",")]
    while sender is not None and hops and any(sender in network for network in trusted):
        told = _address(hops.pop())
        if told is None:
            break
        sender = told
    return UNKNOWN if sender is None else _house(sender)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, ipaddress.IPv6Address) else found


def _house(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(ipaddress.ip_network((address, IPV6_HOUSE_BITS), strict=False))
