"""Where a request without a token comes from."""

import pytest

from libs.common.addresses import UNKNOWN, read_networks, sender_of

PROXIES = read_networks("10.0.0.0/8, 127.0.0.1,::1")


@pytest.mark.parametrize(
    ("peer", "forwarded", "sender"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["192.0.2.7, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["203.0.113.9", "10.0.0.2"], "203.0.113.9"),
        ("10.0.0.1", ["203.0.113.9, nonsense"], "10.0.0.1"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("::ffff:10.0.0.1", ["2001:db8:1:2:3::4"], "2001:db8:1:2::/64"),
        ("2001:db8::1", [], "2001:db8::/64"),
        ("", ["203.0.113.9"], UNKNOWN),
        ("testclient", ["203.0.113.9"], UNKNOWN),
    ],
)
def test_only_a_trusted_proxy_is_believed(peer: str, forwarded: list[str], sender: str) -> None:
    """From the right, up to the first address that is no proxy of ours; a house of IPv6 is one sender."""
    assert sender_of(peer, forwarded, PROXIES) == sender


@pytest.mark.parametrize("text", ["10.0.0", "proxy.local", "10.0.0.0/33"])
def test_a_network_that_is_none_stops_the_start(text: str) -> None:
    """A setting that names no network is told at the start, not ignored."""
    with pytest.raises(ValueError, match="does not appear to be"):
        read_networks(text)
