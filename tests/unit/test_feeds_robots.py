"""robots.txt: what a site lets us read, and for how long its word is kept."""

from __future__ import annotations

import asyncio
import tracemalloc
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.errors import FetchError
from riskbot.feeds.robots import LONGEST_DELAY, Robots, Rules, address, read, without

SITE = "https://news.example"
PAGE = f"{SITE}/world/a?id=7"
HOUR = 3_600.0


def _allows(text: str, path: str = "/world/a") -> bool:
    return read(text.encode()).allow(SITE + path)


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow:", True),
        ("User-agent: *\nDisallow: /sport", True),
        ("User-agent: *\nDisallow: /world\nAllow: /world/a", True),
        ("User-agent: *\nDisallow: /*/a$", False),
        ("User-agent: otherbot\nDisallow: /", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: riskbot\nAllow: /", True),
        ("User-agent: *\nAllow: /\n\nUser-agent: RiskBot/2.0\nDisallow: /", False),
        ("User-agent: otherbot\nUser-agent: riskbot\nUser-agent: third\nDisallow: /", False),
        ("User-agent: riskbot-images\nDisallow: /", True),
        ("User-agent: risk\nDisallow: /", True),
        ("User-agent: *bot\nDisallow: /", True),
        ("User-agent: * # everyone\nDisallow: /", False),
        ("User-agent: riskbot\nDisallow: /x\n\nUser-agent: *\nDisallow: /", True),
        ("Disallow: /", True),
        ("\ufeffUser-agent: *\r\nDisallow: /\r\n", False),
        ("user-agent:*\ndisallow:/", False),
        ("<!doctype html><html><body>User-agent: all of you. Disallow: nothing.</body></html>", True),
    ],
)
def test_rules_are_read_as_the_standard_says(text: str, allowed: bool) -> None:
    assert _allows(text) is allowed


def test_a_delay_is_taken_up_to_a_bound_and_never_when_it_makes_no_sense() -> None:
    def delay(value: str) -> timedelta:
        return read(f"User-agent: *\nCrawl-delay: {value}".encode()).delay

    assert delay("2.5") == timedelta(seconds=2.5)
    assert delay("86400") == LONGEST_DELAY
    for nonsense in ("-1", "nan", "inf", "soon", ""):
        assert delay(nonsense) == timedelta(0), nonsense
    assert read(b"User-agent: other\nCrawl-delay: 5\n\nUser-agent: *\nAllow: /").delay == timedelta(0)


@pytest.mark.parametrize(
    ("reason", "readable"),
    [
        ("http-404", True),
        ("http-403", True),
        ("http-401", True),
        ("gone", True),
        ("empty", True),
        ("too-many-redirects", True),
        ("http-429", False),
        ("http-500", False),
        ("http-503", False),
        ("timed-out", False),
        ("unreachable", False),
        ("dns", False),
        ("tls", False),
        ("too-large", False),
        ("bad-redirect", False),
        ("http-4xx", False),
    ],
)
def test_a_site_that_has_no_rules_forbids_nothing_and_one_that_cannot_say_forbids_all(
    reason: str, readable: bool
) -> None:
    assert without(FetchError(reason, "it went wrong")).allow(PAGE) is readable


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("https://News.Example/a?b#c", "https://news.example/robots.txt"),
        ("https://news.example:443/a", "https://news.example/robots.txt"),
        ("http://news.example:443/a", "http://news.example:443/robots.txt"),
        ("HTTP://joe:secret@news.example:8080/", "http://news.example:8080/robots.txt"),
        ("http://[2001:db8::1]/a", "http://[2001:db8::1]/robots.txt"),
    ],
)
def test_a_site_is_its_scheme_host_and_port(url: str, place: str) -> None:
    assert address(url) == place


@given(
    st.text(st.sampled_from("User-agntDisallow:/*$#%é \r\n\t\ufeff\x000"), max_size=200).map(str.encode) | st.binary()
)
def test_whatever_a_site_sends_is_read(body: bytes) -> None:
    assert read(body).allow(PAGE) in (True, False)
    assert timedelta(0) <= read(body).delay <= LONGEST_DELAY


def test_thousands_of_programs_with_thousands_of_rules_cost_no_more_than_their_bytes() -> None:
    names = "".join(f"User-agent: bot{chr(97 + n % 26)}{'x' * (n // 26)}\n" for n in range(700))
    rules = "".join(f"Disallow: /{n}\n" for n in range(15_000))
    tracemalloc.start()
    try:
        ruled = read(f"{names}User-agent: riskbot\n{rules}".encode())
        assert tracemalloc.get_traced_memory()[1] < 60_000_000
    finally:
        tracemalloc.stop()
    assert not ruled.allow(f"{SITE}/14999")


# ── for how long ─────────────────────────────────────────────────────────────────────────────────────────────────


class _Sites:
    """What sites answer at their robots.txt, and what they were asked."""

    def __init__(self) -> None:
        self.now = 0.0
        self.answers: dict[str, bytes | FetchError] = {}
        self.asked: list[str] = []
        self.robots = Robots(lambda: self.now)

    async def fetch(self, place: str) -> bytes:
        self.asked.append(place)
        answer = self.answers.get(place, FetchError("http-404", "there is none"))
        if isinstance(answer, FetchError):
            raise answer
        return answer

    def rules(self, url: str = PAGE) -> Rules:
        return asyncio.run(self.robots.rules(url, self.fetch))

    def allows(self, url: str = PAGE) -> bool:
        return self.rules(url).allow(url)


CLOSED = b"User-agent: *\nDisallow: /"


def test_a_site_is_asked_once_a_day() -> None:
    sites = _Sites()
    assert sites.allows()
    sites.answers[f"{SITE}/robots.txt"] = CLOSED
    sites.now = 23.9 * HOUR
    assert sites.allows(f"{SITE}/another")
    assert len(sites.asked) == 1
    sites.now = 24.1 * HOUR
    assert not sites.allows()
    assert len(sites.asked) == 2


def test_a_site_that_could_not_say_is_closed_for_a_short_time() -> None:
    sites = _Sites()
    sites.answers[f"{SITE}/robots.txt"] = FetchError("timed-out", "no answer")
    assert not sites.allows()
    sites.answers[f"{SITE}/robots.txt"] = b""
    assert not sites.allows()
    sites.now = 0.2 * HOUR
    assert sites.allows()
    assert len(sites.asked) == 2


def test_the_old_rules_hold_on_where_new_ones_cannot_be_had() -> None:
    sites = _Sites()
    sites.answers[f"{SITE}/robots.txt"] = b"User-agent: *\nDisallow: /sport"
    assert sites.allows()
    sites.now = 25 * HOUR
    sites.answers[f"{SITE}/robots.txt"] = FetchError("http-503", "not now")
    assert sites.allows()
    assert not sites.allows(f"{SITE}/sport/1")
    assert len(sites.asked) == 2, "nor is the site asked at every page"
    sites.now = 25.2 * HOUR
    sites.answers[f"{SITE}/robots.txt"] = CLOSED
    assert not sites.allows()


def test_what_our_own_guard_refused_one_feed_is_not_kept_against_another() -> None:
    sites = _Sites()
    sites.answers[f"{SITE}/robots.txt"] = FetchError("private-address", "not public")
    assert not sites.allows()
    sites.answers[f"{SITE}/robots.txt"] = b""
    assert sites.allows()


def test_only_so_much_is_kept_and_what_was_asked_for_last_stays() -> None:
    sites = _Sites()
    large = b"# " + b"x" * 399_998
    for n in range(12):
        sites.answers[f"https://{n}.example/robots.txt"] = large
    sites.rules("https://0.example/a")
    for n in range(1, 12):
        sites.rules(f"https://{n}.example/a")
        sites.rules("https://0.example/b")
    assert len(sites.robots) == 5
    assert sites.asked.count("https://0.example/robots.txt") == 1
    for n in range(5_000):
        sites.rules(f"https://small-{n}.example/a")
    assert len(sites.robots) <= 2_000


def test_half_a_mebibyte_is_read_and_nothing_behind_it() -> None:
    sites = _Sites()
    sites.answers[f"{SITE}/robots.txt"] = b"#" * 1_000_000 + b"\n" + CLOSED
    assert sites.allows()
    sites.answers["https://long.example/robots.txt"] = b"#" * 500_000 + b"\n" + CLOSED
    assert not sites.allows("https://long.example/a")
