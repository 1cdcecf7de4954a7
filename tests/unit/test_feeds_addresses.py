"""Which addresses may be connected to."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.feeds.addresses import refusal, refusal_as_written

PUBLIC = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700::1111", "2a00:1450:4001::1", "192.0.1.1", "172.32.0.1"]
REFUSED = {
    "127.0.0.1": "loopback",
    "127.255.0.1": "loopback",
    "::1": "loopback",
    "0.0.0.0": "unspecified",
    "0.1.2.3": "unspecified",
    "::": "unspecified",
    "10.0.0.1": "private",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.168.1.1": "private",
    "100.64.0.1": "private",
    "fc00::1": "private",
    "fdff::1": "private",
    "fec0::1": "private",
    "169.254.169.254": "link-local",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "ff02::1": "multicast",
    "255.255.255.255": "reserved",
    "240.0.0.1": "reserved",
    "192.0.0.1": "reserved",
    "192.0.2.1": "reserved",
    "198.18.0.1": "reserved",
    "2001:db8::1": "reserved",
    "192.88.99.1": "translated",
    "2001::1": "translated",
    "64:ff9b:1::1": "translated",
    "::ffff:8.8.8.8": "mapped",
    "64:ff9b::808:808": "translated",
    "2002:808:808::1": "translated",
    "::8.8.8.8": "mapped",
    "::ffff:127.0.0.1": "loopback",
    "::ffff:169.254.169.254": "link-local",
    "64:ff9b::a00:1": "private",
    "2002:7f00:1::": "loopback",
    "::7f00:1": "loopback",
    "100.100.100.200": "cloud metadata",
    "168.63.129.16": "cloud metadata",
    "fd00:ec2::254": "cloud metadata",
    "fd20:ce::254": "cloud metadata",
    "64:ff9b:1::7f00:1": "loopback",
    "64:ff9b:1:ffff::1": "translated",
    "2001:1::1": "reserved",
    "2001:10::1": "reserved",
    "192.88.99.255": "translated",
    "192.0.0.255": "reserved",
    "203.0.113.9": "reserved",
    "not.an.address": "not an address",
    "": "not an address",
}
PRIVATE_NETWORKS = [ip_network(n) for n in ("10.0.0.0/8", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16")]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_connected_to(address: str) -> None:
    assert refusal(address) is None


@pytest.mark.parametrize(("address", "why"), REFUSED.items())
def test_what_is_not_public_is_refused_with_its_kind(address: str, why: str) -> None:
    assert refusal(address) == why


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "::1", "10.1.2.3", "192.168.0.9", "fd12::1", "::ffff:10.0.0.1", "64:ff9b:1:a00:1::", "8.8.8.8"],
)
def test_a_private_feed_may_be_on_this_machine_or_in_this_network(address: str) -> None:
    assert refusal(address, allow_private=True) is None


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "fe80::1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a9fe:a9fe",
        "2002:a9fe:a9fe::",
        "fd00:ec2::254",
        "224.0.0.1",
        "0.0.0.0",
        "::",
        "100.100.100.200",
    ],
)
def test_not_even_a_private_feed_may_be_link_local_or_the_clouds_own(address: str) -> None:
    assert refusal(address, allow_private=True) is not None


@pytest.mark.parametrize(
    ("host", "why"),
    [
        ("127.0.0.1", "loopback"),
        ("::ffff:10.0.0.1", "private"),
        ("169.254.169.254", "link-local"),
        ("localhost", "loopback"),
        ("feeds.localhost", "loopback"),
        ("8.8.8.8", None),
        ("news.example", None),
        ("localhost.example", None),
        ("10.example", None),
    ],
)
def test_of_a_host_that_others_look_up_its_writing_is_judged(host: str, why: str | None) -> None:
    assert refusal_as_written(host) == why


@given(st.sampled_from(PRIVATE_NETWORKS), st.integers(0, 2**32 - 1), st.sampled_from(["::ffff:", "64:ff9b::", "::"]))
def test_no_ipv6_form_of_a_private_ipv4_address_passes(network: object, number: int, prefix: str) -> None:
    net = ip_network(str(network))
    inner = net[number % net.num_addresses]
    assert refusal(str(inner)) is not None
    assert refusal(str(ip_address(f"{prefix}{inner}"))) is not None


@given(st.ip_addresses())
def test_what_python_knows_to_be_special_is_always_refused(address: object) -> None:
    if not ip_address(str(address)).is_global:
        assert refusal(str(address)) is not None
