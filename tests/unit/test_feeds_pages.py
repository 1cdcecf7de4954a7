"""Pages of articles: asked for politely, and every address gets an answer."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.errors import FetchError
from riskbot.feeds.bounds import Bounds
from riskbot.feeds.failures import failure, shown
from riskbot.feeds.http import PAGES, Answer, Before
from riskbot.feeds.pages import Pages, refusal

SITE = "https://news.example"
HTML = "text/html; charset=utf-8"


class _Web:
    """Sites that answer from a table, in a time that passes only when somebody waits or a site dawdles."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self.now = 0.0
        self.answers: dict[str, bytes | Answer | FetchError] = {}
        self.asked: list[tuple[float, str]] = []
        self.accepted: dict[str, str] = {}
        self.homes: set[str | None] = set()
        self.hanging: set[str] = set()
        self.reached: dict[str, asyncio.Event] = {}  # set as soon as these are asked for
        self.pages = Pages(self, self.extract, bounds, clock=lambda: self.now, sleep=self.sleep)

    async def get(self, url: str, *, home: str | None = None, accept: str = "", before: Before | None = None) -> Answer:
        answer = await self._ask(url, home, accept)
        if answer.url != url and before is not None:
            await before(answer.url)
            self.asked.append((self.now, answer.url))
            self.now += 0.1
        return answer

    async def _ask(self, url: str, home: str | None, accept: str) -> Answer:
        self.asked.append((self.now, url))
        self.accepted[url] = accept
        self.homes.add(home)
        if url in self.reached:
            self.reached[url].set()
        if url in self.hanging:
            await asyncio.Event().wait()
        await asyncio.sleep(0)
        self.now += 0.1
        answer = self.answers.get(url, FetchError("http-404", f"{url} answered with status 404"))
        if isinstance(answer, FetchError):
            raise answer
        return answer if isinstance(answer, Answer) else Answer(answer, url, content_type=HTML)

    async def extract(self, body: bytes, *, url: str, content_type: str | None) -> str:
        if body == b"<p>nothing":
            raise failure("no-text", url)
        return body.decode()

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, until)

    def read(self, *urls: str) -> dict[str, str]:
        """The text of each page, or its failure's reason."""
        found = asyncio.run(self.pages.read(urls))
        assert list(found) == list(dict.fromkeys(urls))
        for url, page in found.items():
            if isinstance(page, FetchError):
                assert shown(url) in str(page)
                assert "feed's own text is used" in page.mend
        return {url: page.reason if isinstance(page, FetchError) else page for url, page in found.items()}

    def asked_of(self, host: str) -> list[str]:
        return [urlsplit(url).path for _, url in self.asked if urlsplit(url).hostname == host]


def _articles(web: _Web, count: int, site: str = SITE) -> list[str]:
    urls = [f"{site}/{n}" for n in range(count)]
    web.answers |= {url: f"The text of {url}".encode() for url in urls}
    return urls


def test_pages_become_texts_after_their_site_was_asked_whether_it_minds() -> None:
    web = _Web()
    urls = _articles(web, 2)
    assert web.read(*urls, urls[0]) == {url: f"The text of {url}" for url in urls}
    assert web.asked_of("news.example") == ["/robots.txt", "/0", "/1"]
    assert web.accepted[urls[0]] == PAGES
    assert "text/plain" in web.accepted[f"{SITE}/robots.txt"]


def test_the_home_of_a_private_feed_is_handed_on_with_every_request() -> None:
    web = _Web()
    asyncio.run(web.pages.read(_articles(web, 1), home="http://intranet.example:8080/feed"))
    assert web.homes == {"http://intranet.example:8080/feed"}


def test_what_robots_txt_forbids_is_not_asked_for() -> None:
    web = _Web()
    web.answers[f"{SITE}/robots.txt"] = b"User-agent: *\nDisallow: /1"
    first, second = _articles(web, 2)
    assert web.read(first, second) == {first: f"The text of {first}", second: "robots"}
    assert web.asked_of("news.example") == ["/robots.txt", "/0"]


def test_a_site_whose_robots_txt_cannot_be_had_is_not_read_and_says_why() -> None:
    web = _Web()
    web.answers[f"{SITE}/robots.txt"] = FetchError("http-503", f"{SITE}/robots.txt answered with status 503")
    urls = _articles(web, 3)
    found = asyncio.run(web.pages.read(urls))
    assert web.asked_of("news.example") == ["/robots.txt"]
    for url in urls:
        page = found[url]
        assert isinstance(page, FetchError)
        assert page.reason == "http-503"
        assert str(page) == f"{url} was not asked for: {SITE}/robots.txt answered with status 503"


def test_one_host_is_asked_once_a_second_whoever_asks() -> None:
    web = _Web()
    urls = _articles(web, 8)
    plain = _articles(web, 2, "http://news.example")

    async def both() -> None:
        await asyncio.gather(web.pages.read(urls[:4]), web.pages.read([*urls[4:], *plain]))

    asyncio.run(both())
    times = [at for at, _ in web.asked]
    assert len(times) == 12, "ten pages, and the robots.txt of two sites"
    assert all(later - earlier >= 1 for earlier, later in pairwise(times))


def test_a_site_that_asks_for_more_patience_gets_it() -> None:
    web = _Web()
    web.answers[f"{SITE}/robots.txt"] = b"User-agent: *\nCrawl-delay: 5"
    web.read(*_articles(web, 3))
    times = [at for at, _ in web.asked]
    assert all(later - earlier >= 5 for earlier, later in pairwise(times))


def test_a_host_that_keeps_us_waiting_holds_up_no_other() -> None:
    web = _Web()
    slow, quick = f"{SITE}/slow", "https://quick.example/a"
    web.hanging = {slow}
    web.answers[quick] = b"quick"

    async def until_the_quick_one_was_asked() -> None:
        web.reached = {slow: asyncio.Event(), quick: asyncio.Event()}
        reading = asyncio.create_task(web.pages.read([slow, quick]))
        await asyncio.gather(*(event.wait() for event in web.reached.values()))
        assert not reading.done()
        assert await web.pages.read([quick]) == {quick: "quick"}
        reading.cancel()

    asyncio.run(asyncio.wait_for(until_the_quick_one_was_asked(), 10))


def test_a_cancelled_read_leaves_nothing_behind() -> None:
    web = _Web()
    first, second = _articles(web, 2)
    web.hanging = {first}

    async def cancel() -> None:
        before = asyncio.all_tasks()
        web.reached[first] = asyncio.Event()
        reading = asyncio.create_task(web.pages.read([first, second]))
        waiting = asyncio.create_task(web.pages.read([first]))
        await web.reached[first].wait()
        for task in (reading, waiting):
            task.cancel()
        await asyncio.gather(reading, waiting, return_exceptions=True)
        assert asyncio.all_tasks() == before
        web.hanging.clear()
        assert await web.pages.read([first]) == {first: f"The text of {first}"}

    asyncio.run(asyncio.wait_for(cancel(), 10))


def test_only_so_many_pages_are_read_at_a_poll_and_the_others_say_so() -> None:
    web = _Web(Bounds(pages=3))
    found = web.read(*_articles(web, 5))
    assert list(found.values())[3:] == ["too-many-pages", "too-many-pages"]
    assert len(web.asked) == 4


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (f"{SITE}/", "not-a-page"),
        (SITE, "not-a-page"),
        ("ftp://news.example/a", "bad-scheme"),
        ("http://", "bad-address"),
        ("/a/1", "bad-scheme"),
        ("http://a.example\\@b.example/", "bad-address"),
        ("http://[nonsense/a", "bad-address"),
    ],
)
def test_an_address_that_can_be_no_article_is_not_asked_for(url: str, reason: str) -> None:
    web = _Web()
    assert web.read(url) == {url: reason}
    assert web.asked == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(b"%PDF-1.7", f"{SITE}/a", content_type="application/pdf"), "application/pdf"),
        (Answer(b"%PDF-1.7", f"{SITE}/a", content_type=HTML), "no HTML"),
        (Answer(b"\x89PNG", f"{SITE}/a", content_type="IMAGE/PNG"), "image/png"),
        (Answer(b'{"a": 1}', f"{SITE}/a", content_type="application/json"), "application/json"),
        (Answer(b"words", f"{SITE}/a"), "no HTML"),
        (Answer(b"<rss><channel/></rss>", f"{SITE}/a", content_type="text/xml"), "no HTML"),
        (Answer(b"<html>", f"{SITE}/", content_type=HTML), "front page of news.example"),
        (Answer(b"<html>", "https://consent.google.com/m?continue=x", content_type=HTML), "consent.google.com"),
        (Answer(b"<html>", "https://login.news.example/a", content_type=HTML), "login.news.example"),
        (Answer(b"<html>", "https://news.google.com/rss/articles/CBMi", content_type=HTML), "news.google.com"),
    ],
)
def test_what_is_no_articles_page_is_refused_in_words(answer: Answer, words: str) -> None:
    assert words in (refusal(f"{SITE}/a", answer) or "")
    web = _Web()
    web.answers[f"{SITE}/a"] = answer
    assert web.read(f"{SITE}/a") == {f"{SITE}/a": "not-a-page"}


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"<!DOCTYPE html><p>x", f"{SITE}/a"),
        Answer(
            b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'>", f"{SITE}/a", content_type="text/xml"
        ),
        Answer(b"x", f"{SITE}/a", content_type="Application/XHTML+xml;charset=utf-8"),
        Answer(b"x", "https://elsewhere.example/b", content_type=HTML),
        Answer(b"x", "https://login.example/a", content_type=HTML),
    ],
)
def test_what_may_be_an_articles_page_is_read(answer: Answer) -> None:
    asked = "https://login.example/0" if "login" in answer.url else f"{SITE}/a"
    assert refusal(asked, answer) is None


def test_an_empty_page_and_one_without_an_article_are_failures() -> None:
    web = _Web()
    web.answers = {f"{SITE}/empty": b"", f"{SITE}/bare": b"<p>nothing"}
    assert web.read(f"{SITE}/empty", f"{SITE}/bare") == {f"{SITE}/empty": "empty", f"{SITE}/bare": "no-text"}


def test_a_text_that_stands_on_another_page_of_the_host_is_no_article() -> None:
    web = _Web()
    notice = [f"{SITE}/{n}" for n in range(3)]
    web.answers = dict.fromkeys([*notice, "https://other.example/a"], b"Before you continue, consider our cookies.")
    found = web.read(*notice, "https://other.example/a")
    assert [reason == "not-a-page" for reason in found.values()] == [False, True, True, False]
    assert web.read(notice[0])[notice[0]] != "not-a-page", "the same page read again is itself"


def test_only_the_last_texts_of_a_host_are_remembered() -> None:
    web = _Web(Bounds(pages=100))
    urls = _articles(web, 50)
    web.answers[f"{SITE}/again-0"] = web.answers[urls[0]]
    web.answers[f"{SITE}/again-49"] = web.answers[urls[49]]
    web.read(*urls)
    found = web.read(f"{SITE}/again-0", f"{SITE}/again-49")
    assert list(found.values()) == [f"The text of {urls[0]}", "not-a-page"]


def test_a_page_may_not_lead_round_another_sites_robots_txt() -> None:
    web = _Web()
    web.answers[f"{SITE}/a"] = Answer(b"private", "https://shy.example/x", content_type=HTML)
    web.answers[f"{SITE}/b"] = Answer(b"private", f"{SITE}/hidden/b", content_type=HTML)
    web.answers[f"{SITE}/c"] = Answer(b"public", "https://open.example/x", content_type=HTML)
    web.answers["https://shy.example/robots.txt"] = b"User-agent: *\nDisallow: /"
    web.answers[f"{SITE}/robots.txt"] = b"User-agent: *\nDisallow: /hidden"
    found = web.read(f"{SITE}/a", f"{SITE}/b", f"{SITE}/c")
    assert list(found.values()) == ["robots", "robots", "public"]
    assert web.asked_of("shy.example") == ["/robots.txt"]
    assert "/hidden/b" not in web.asked_of("news.example")


def test_a_redirect_waits_for_the_turn_of_the_host_it_leads_to() -> None:
    web = _Web()
    urls = _articles(web, 3)
    web.answers |= {url: Answer(url.encode(), f"{SITE}/moved{n}", content_type=HTML) for n, url in enumerate(urls)}
    web.answers["https://other.example/a"] = Answer(b"a", f"{SITE}/a", content_type=HTML)
    assert all(reason.startswith("http") for reason in web.read(*urls).values())
    assert web.read("https://other.example/a") == {"https://other.example/a": "a"}
    times = [at for at, url in web.asked if url.startswith(SITE)]
    assert len(times) == 8, "robots.txt, three pages and where they led, and where another host's page led"
    assert all(later - earlier >= 1 for earlier, later in pairwise(times))


def test_two_hosts_that_lead_to_each_other_do_not_wait_for_each_other() -> None:
    web = _Web()
    there, back = "https://there.example/a", "https://back.example/b"
    web.answers[there] = Answer(b"one", "https://back.example/one", content_type=HTML)
    web.answers[back] = Answer(b"two", "https://there.example/two", content_type=HTML)
    assert web.read(there, back) == {there: "one", back: "two"}


def test_a_host_that_leads_to_silent_ones_is_not_taken_for_silent() -> None:
    web = _Web()
    urls = [f"{SITE}/{n}" for n in range(4)]
    for n, url in enumerate(urls):
        web.answers[url] = Answer(b"x", f"https://dead-{n}.example/a", content_type=HTML)
        web.answers[f"https://dead-{n}.example/robots.txt"] = FetchError("timed-out", "no answer")
    assert list(web.read(*urls).values()) == ["timed-out"] * 4
    assert web.asked_of("news.example") == ["/robots.txt", "/0", "/1", "/2", "/3"]


# ── hosts in trouble ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_host_that_asks_us_to_stay_away_is_left_alone_for_as_long() -> None:
    web = _Web()
    first, second = _articles(web, 2)
    web.answers[first] = FetchError("http-429", f"{first} answered with status 429", retry_after=timedelta(minutes=5))
    assert web.read(first, second) == {first: "http-429", second: "http-429"}
    web.now += 200
    assert web.read(second) == {second: "http-429"}
    assert web.asked_of("news.example") == ["/robots.txt", "/0"]
    web.now += 100
    assert web.read(second) == {second: f"The text of {second}"}


def test_a_host_that_is_silent_twice_in_a_row_is_left_alone_for_a_while() -> None:
    web = _Web()
    urls = _articles(web, 6)
    for n in (0, 2, 3):
        web.answers[urls[n]] = FetchError("timed-out", f"{urls[n]} did not answer")
    text = {url: f"The text of {url}" for url in urls}
    silent = ["timed-out", text[urls[1]], "timed-out", "timed-out", "timed-out", "timed-out"]
    assert list(web.read(*urls).values()) == silent
    assert web.asked_of("news.example") == ["/robots.txt", "/0", "/1", "/2", "/3"]
    web.now += 61
    assert web.read(urls[4]) == {urls[4]: text[urls[4]]}


def test_a_page_that_is_missing_says_nothing_about_its_host() -> None:
    web = _Web()
    last = _articles(web, 1)[0]
    found = web.read(f"{SITE}/gone-1", f"{SITE}/gone-2", f"{SITE}/gone-3", last)
    assert list(found.values()) == ["http-404", "http-404", "http-404", f"The text of {last}"]


def test_of_many_hosts_those_that_are_asked_no_more_are_forgotten() -> None:
    web = _Web(Bounds(pages=10_000))
    busy = _articles(web, 1, "https://busy.example")[0]
    web.answers[busy] = FetchError("http-503", f"{busy} answered with status 503", retry_after=timedelta(days=1))
    web.read(busy)
    for batch in range(5):
        web.read(*(f"https://site-{batch}-{n}.example/a" for n in range(400)))
        web.now += 3_600
    assert web.read(busy) == {busy: "http-503"}
    assert web.asked_of("busy.example") == ["/robots.txt", "/0"], "it is still left alone"
    assert len(web.pages) < 1_500


# Addresses as feeds link them: mostly an address, now and then anything at all.
ADDRESS = st.text(st.sampled_from("htps:/.@#?%[]\\ aé1中\n"), max_size=30) | st.sampled_from(
    [f"{SITE}/x", f"{SITE}:1/y"]
)


@given(st.lists(ADDRESS, max_size=8), st.sampled_from(["dns", "timed-out", "http-500", "private-address"]))
def test_whatever_is_asked_for_every_address_gets_an_answer(urls: list[str], reason: str) -> None:
    web = _Web()
    web.answers[f"{SITE}/x"] = FetchError(reason, "it went wrong")
    assert list(asyncio.run(web.pages.read(urls))) == list(dict.fromkeys(urls))
