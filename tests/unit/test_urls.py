"""Addresses: one form for one address, and nothing in it that says how a reader came."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from riskbot.text.urls import canonical, host, link_key, may_identify, wrapper


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("HTTPS://User:Secret@WWW.Example.COM:443/a/b?utm_source=x&id=7#top", "https://www.example.com/a/b?id=7"),
        ("http://example.com:80", "http://example.com/"),
        ("http://example.com:8080/x", "http://example.com:8080/x"),
        ("https://example.com./x", "https://example.com/x"),
        ("https://münchen.example/straße", "https://xn--mnchen-3ya.example/stra%C3%9Fe"),
        ("https://example.com/a b?q=c d&empty=", "https://example.com/a%20b?q=c+d&empty="),
        ("https://example.com/?b=2&fbclid=1&a=1", "https://example.com/?b=2&a=1"),
        ("https://[2001:DB8::1]/x", "https://[2001:db8::1]/x"),
        ("https://example.com/%E4%b8%ad", "https://example.com/%E4%B8%AD"),
        ("https://example.com/%41%7e%2F%zz100%", "https://example.com/A~%2F%25zz100%25"),
        (" https://example.com/x\n", "https://example.com/x"),
    ],
)
def test_an_address_has_one_canonical_form(written: str, form: str) -> None:
    assert canonical(written) == form


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        "mailto:a@b.example",
        "javascript:alert(1)",
        "/a/b",
        "https://",
        "https://[::1",
        "http://a b/",
        "http://a:x/",
        "http://" + "a" * 64 + ".example/",
        "http://./",
        "http://a..b/",
        "http://a/\ud800",
        "http://a/?\ud800",
    ],
)
def test_what_is_no_web_address_has_none(written: str | None) -> None:
    assert canonical(written) is None


ADDRESSES = st.builds(
    "{}://{}{}{}".format,
    st.sampled_from(["http", "https", "HTTP"]),
    st.one_of(
        st.sampled_from(
            ["example.com", "EXAMPLE.com.", "a。b", "a.b。", "例え.jp", "[::1]:80", "u:p@h:443", "ß.de", "1.2.3.4"]
        ),
        st.text(max_size=8),
    ),
    st.sampled_from(["", "/"]),
    st.text(st.one_of(st.sampled_from("/%?&=;#+:@.e9E9 \t"), st.characters(exclude_categories=["Cs"])), max_size=20),
)


@given(st.one_of(ADDRESSES, st.text()))
def test_canonicalising_again_changes_nothing(url: str) -> None:
    once = canonical(url)
    assert canonical(once) == once


@given(st.one_of(ADDRESSES, st.text()))
def test_any_text_is_answered(url: str) -> None:
    assert not any(blank.isspace() for blank in host(canonical(url)))
    assert may_identify(url) in (True, False)
    assert isinstance(host(url), str)


def test_a_host_is_what_people_call_it() -> None:
    assert host("https://www.CNBC.com./x") == "cnbc.com"
    assert host("http://[") == host(None) == host("no address") == ""


def test_a_sites_root_identifies_no_article() -> None:
    assert may_identify("https://example.com/a")
    assert may_identify("https://example.com/?p=7")
    assert not may_identify("https://example.com/")
    assert not may_identify("http://[/x")
    assert not may_identify(None)


@pytest.mark.parametrize(
    ("url", "who"),
    [
        ("https://news.google.com/rss/articles/CBMiX?oc=5", "Google News"),
        ("https://news.google.com/articles/CBMiX", "Google News"),
        ("https://news.google.com/read/CBMiX?hl=en", "Google News"),
        ("https://news.google.com/__i/rss/rd/articles/CBMiX", "Google News"),
        ("https://www.google.com/url?rct=j&url=https://n.example/a", "Google"),
        ("http://feedproxy.google.com/~r/n/~3/x/", "FeedBurner"),
        ("http://feeds.feedburner.com/~r/n/~3/x/", "FeedBurner"),
        ("https://www.bing.com/news/apiclick.aspx?ref=FexRss&url=x", "Bing News"),
        ("http://us.rd.yahoo.com/dailynews/rss/*http://n.example/a", "Yahoo"),
        ("https://t.co/AbC", "X"),
        ("https://lnkd.in/x", "LinkedIn"),
        ("https://flip.it/x", "Flipboard"),
        ("https://apple.news/Ax", "Apple News"),
        ("http://da.feedsportal.com/c/1/story01.htm", "Feedsportal"),
        ("https://archive.ph/newest/https://n.example/a", "archive.today"),
        ("https://web.archive.org/web/2025/https://n.example/a", "Internet Archive"),
        ("https://bit.ly/x", "bit.ly"),
        # the publisher's own, or nobody's
        ("https://news.google.com/search?q=x", None),
        ("https://www.google.com/intl/en/about", None),
        ("https://blog.google.com/url-shortening", None),
        ("https://feeds.feedburner.com/newsfeed", None),
        ("https://www.bing.com/news/search?q=x", None),
        ("https://www.msn.com/en-us/news/a", None),
        ("https://finance.yahoo.com/news/a.html", None),
        ("https://on.ft.com/x", None),
        ("https://xt.co/a", None),
        ("https://t.co.example/a", None),
        ("https://n.example/?u=https://t.co/a", None),
        ("http://[", None),
        ("", None),
        (None, None),
    ],
)
def test_a_wrapper_is_an_address_whose_host_only_sends_readers_on(url: str | None, who: str | None) -> None:
    assert wrapper(url) == who
    assert wrapper(canonical(url)) == who


@given(st.one_of(ADDRESSES, st.text()))
def test_two_addresses_have_one_key_when_they_have_one_form(url: str) -> None:
    form = canonical(url)
    assert link_key(url) == link_key(form)
    assert len(link_key(url)) == (8 if form else 0)
    assert wrapper(url) is None or form


def test_different_addresses_have_different_keys() -> None:
    assert link_key("https://example.com/a") != link_key("https://example.com/b")
    assert link_key("HTTPS://Example.com/a?utm_source=x") == link_key("https://example.com/a")
    assert link_key(None) == link_key("mailto:a@b.example") == b""
