"""Which addresses may be connected to: the decision behind the address guard.

What always holds: an address is judged by where a packet to it ends up, so an IPv4 address inside an IPv6 one (mapped,
translated, 6to4) never counts as public by its outer form alone. Deliberately absent: names. Names say nothing; only
the address that is really connected to does, and `http.py` asks about that one (a proxy connects out of our sight:
then what is written must do, `refusal_as_written`).

The registries: IANA IPv4 and IPv6 special-purpose addresses (RFC 6890), RFC 6052 and 8215 (translation), RFC 3056
(6to4), RFC 4291 (compatible, mapped, site-local).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address

# In the order in which they are named to people: the first that fits gives the word.
_SPECIAL: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("unspecified", ("0.0.0.0/8", "::/128")),
    ("loopback", ("127.0.0.0/8", "::1/128")),
    # Cloud machines answer here with their own keys. Most lie in link-local space; these do not.
    (
        "cloud metadata",
        ("100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32", "fd00:ec2::/32", "fd20:ce::254/128"),
    ),
    ("link-local", ("169.254.0.0/16", "fe80::/10")),
    ("multicast", ("224.0.0.0/4", "ff00::/8")),
    ("private", ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7", "fec0::/10")),
    ("mapped", ("::ffff:0:0/96", "::ffff:0:0:0/96", "::/96")),
    ("translated", ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "192.88.99.0/24")),
    (
        "reserved",
        (
            "192.0.0.0/24",
            "192.0.2.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "240.0.0.0/4",
            "100::/64",
            "100:0:0:1::/64",
            "2001::/23",
            "2001:db8::/32",
            "3fff::/20",
            "5f00::/16",
        ),
    ),
)
_NETWORKS: tuple[tuple[str, tuple[IPv4Network | IPv6Network, ...]], ...] = tuple(
    (kind, tuple(ip_network(text) for text in networks)) for kind, networks in _SPECIAL
)
# IPv6 forms that carry an IPv4 address, and by how many bits it is shifted from the right.
_CARRIERS: tuple[tuple[IPv6Network, int], ...] = tuple(
    (IPv6Network(network), shift)
    for network, shift in (
        ("::ffff:0:0/96", 0),
        ("::ffff:0:0:0/96", 0),
        ("::/96", 0),
        ("64:ff9b::/96", 0),
        ("64:ff9b:1::/48", 0),
        ("2002::/16", 80),
    )
)
_LOCAL_USE = IPv6Network("64:ff9b:1::/48")
_NEVER = frozenset({"unspecified", "link-local", "multicast", "cloud metadata", "not an address"})


def refusal(address: str, *, allow_private: bool = False) -> str | None:
    """Why this address must not be connected to, in one or two words, or None where it may be.

    `address` is numeric, as a resolver gives it (an IPv6 zone is ignored). With `allow_private` only addresses that
    can never be someone's feed are refused: link-local, multicast, unspecified and the cloud's own.
    """
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return "not an address"
    kinds = [kind for kind in (_kind(parsed), _kind(_carried(parsed))) if kind is not None]
    if allow_private:
        kinds = [kind for kind in kinds if kind in _NEVER]
    if kinds:
        return kinds[-1]  # what it carries says more than how it is carried
    # Whatever the list above has no word for, but Python's own table does not hold for public either.
    return None if allow_private or parsed.is_global else "reserved"


def refusal_as_written(host: str) -> str | None:
    """What can be held against a host that somebody else will look up and connect to: its writing alone.

    `host` is lower case and without brackets. A number is judged as an address; `localhost` and what lies under it
    always mean the machine that reads it (RFC 6761, section 6.3); any other name is its resolver's business.
    """
    if host == "localhost" or host.endswith(".localhost"):
        return "loopback"
    try:
        ip_address(host)
    except ValueError:
        return None
    return refusal(host)


def _kind(address: Address | None) -> str | None:
    if address is None:
        return None
    for kind, networks in _NETWORKS:
        if any(address.version == network.version and address in network for network in networks):
            return kind
    return None


def _carried(address: Address) -> IPv4Address | None:
    """The IPv4 address inside an IPv6 one; None where there is none."""
    if isinstance(address, IPv4Address):
        return None
    for network, shift in _CARRIERS:
        if address in network and int(address) > 1:  # `::` and `::1` are themselves
            inner = IPv4Address((int(address) >> shift) & 0xFFFF_FFFF)
            # A network may lay its own translation out otherwise (RFC 6052, section 2.2); then these bits are mostly 0.
            return None if network == _LOCAL_USE and not int(inner) >> 24 else inner
    return None
