"""A page becomes the text of its article, without what stands around it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from riskbot.errors import FetchError
from riskbot.feeds.extract import ENOUGH, extract
from riskbot.text.normalise import clean

URL = "https://harbour.example/world/memo"

LEAD = (
    "A White House memo accuses Alibaba of helping the Chinese military to target the United States, according to a"
    " document seen by the Harbour Times."
)
DENIAL = (
    "The company said the claims were “complete nonsense” and that it had never shared customers’ data with any army."
)
MARKET = (
    "Shares in New York fell 3.8 per cent after the report, wiping some $14bn off the value of the company in an hour."
)

NEWS = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Memo names Alibaba | Harbour Times</title>
<script>var state = "<p>Sanctions on nobody</p>";</script><style>p {{ color: black }}</style>
<script type="application/ld+json">{{"@type": "NewsArticle", "articleBody": "Not this."}}</script></head><body>
<div id="cookie-banner" class="cookie-consent"><p>We and our 842 partners use cookies to store and access personal data
on your device. You may withdraw at any time in the privacy centre.</p><button>Accept all</button></div>
<header><nav class="main-nav"><ul><li><a href="/">Home</a></li><li><a href="/mil">Military</a></li></ul></nav></header>
<main><article class="article"><h1>Memo names Alibaba</h1>
<p class="byline">By <a href="/jane">Jane Roe</a> in Washington</p>
<figure><img src="x.jpg" alt="Campus"><figcaption>The campus in Hangzhou. Photograph: Example</figcaption></figure>
<div class="article-body"><p>{LEAD}</p>
<p>{DENIAL.replace("’", "&rsquo;")}<br>It is to publish a longer reply on Monday.</p>
<aside class="related"><h3>Read more</h3><ul><li><a href="/r1">Tencent listed, too</a></li></ul></aside>
<h2>What the memo says</h2>
<ul><li>It does not say how the information was gathered.</li><li>It asks three departments for an answer.</li></ul>
<table><tr><th>Entity</th><th>Listed</th></tr><tr><td>Example Dynamics Ltd</td><td>2025-11-01</td></tr></table>
<p>{MARKET}</p>
<div class="newsletter-signup"><p>Sign up to our Asia newsletter for the best stories.</p><form><input></form></div>
</div></article>
<section class="related-articles"><h2>Most read</h2><ul><li><a href="/m1">Missile alarm</a></li></ul></section>
<section id="comments" class="comments"><h2>2 comments</h2><div class="comment"><p>Sanction them all, I have been saying
this for years and nobody in charge ever listens to people like me about the military.</p></div></section></main>
<footer><p>© 2025 Harbour Times Ltd. All rights reserved.</p><ul><li><a href="/terms">Terms</a></li></ul></footer>
</body></html>"""

NEWS_TEXT = f"""{LEAD}

{DENIAL}
It is to publish a longer reply on Monday.

What the memo says

It does not say how the information was gathered.
It asks three departments for an answer.

Entity Listed
Example Dynamics Ltd 2025-11-01

{MARKET}"""

NOTICE = """<html><head><title>Notice</title></head><body>
<table width="100%"><tr><td width="200"><a href="/">Home</a></td><td>
<font size="4"><b>Notice on export restrictions</b></font><br><br>The ministry has decided to restrict the export of
certain goods to the entities named below, which are held to serve military ends.<p>The list will be reviewed every six
months by a committee of the ministry.<table border="1"><tr><td>1</td><td>Example Dynamics Ltd</td></tr><tr><td>2</td>
<td>Sample Optics Co</td></tr></table></td></tr></table></body></html>"""

# A page of nothing but blocks, as many content management systems make them.
BLOCKS = f"""<html><body><div class="top"><div><a href="/2">Military</a> | <a href="/3">Sanctions</a></div></div>
<div class="c1"><div class="c2"><div class="hd">Memo names Alibaba</div><div>{LEAD}</div><div>{DENIAL}</div>
<div>{MARKET}</div></div><div class="sidebar"><div><a href="/x">Tencent faces questions</a></div></div></div>
<div class="bottom">Terms of use | Privacy</div></body></html>"""

CHINESE = (
    "据英国《金融时报》报道，白宫一份备忘录指控阿里巴巴集团向中国军方提供技术支持，帮助其针对美国的目标采取行动。"
    "该报道援引一份解密的情报称，相关能力包括客户的地址、支付记录等数据。阿里巴巴发言人否认了这些指控，称这些说法"
    "“纯属无稽之谈”，并质疑匿名泄密者的动机。该公司表示，这显然是一次恶意的公关行动，目的是破坏最近达成的贸易协议。"
    "中国驻美国大使馆发言人表示，中国政府不会要求企业违反当地法律收集或提供位于外国境内的数据，并呼吁美方停止抹黑。"
)
RUSSIAN = (
    "Министерство торговли сообщило во вторник, что внесло двух производителей оптики в список компаний, которым нельзя"
    " продавать товары без лицензии. Обе компании, как утверждается, поставляли флоту линзы для систем наведения."
)
SECTIONS = "".join(f'<li><a href="/{n}">Sanctions, the military and you: part {n}</a></li>' for n in range(100))


def _page(*paragraphs: str, head: str = "") -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<html><head>{head}<title>A page</title></head><body><article>{body}</article></body></html>"


def _text(page: str | bytes, content_type: str | None = "text/html; charset=utf-8") -> str:
    return extract(page.encode() if isinstance(page, str) else page, url=URL, content_type=content_type)


def _reason(page: str | bytes, content_type: str | None = None) -> str:
    with pytest.raises(FetchError) as caught:
        _text(page, content_type)
    assert URL in str(caught.value)
    assert caught.value.mend
    return caught.value.reason


def test_a_news_page_is_its_article_and_nothing_around_it() -> None:
    assert _text(NEWS) == NEWS_TEXT


def test_a_page_laid_out_as_a_table_keeps_its_text_and_the_names_in_its_list() -> None:
    text = _text(NOTICE)
    assert "held to serve military ends" in text
    assert "1 Example Dynamics Ltd\n2 Sample Optics Co" in text


def test_a_page_of_blocks_without_paragraphs_is_read() -> None:
    text = _text(BLOCKS)
    for paragraph in (LEAD, DENIAL, MARKET):
        assert paragraph in text
    assert "Tencent" not in text
    assert "Privacy" not in text


@pytest.mark.parametrize(
    "page",
    [
        "",
        " ",
        "<",
        "<html></html>",
        "No page at all",
        _page("Subscribe to read on."),
        '<html><body><div id="root"></div><noscript>You need to enable JavaScript.</noscript></body></html>',
        f'<html><body><script>window.state = "{"word " * 2_000}"</script></body></html>',
        "<html><body><h1>Just a moment</h1><p>Verifying that you are human. It may take long.</p></body></html>",
        f"<html><body><nav><ul>{SECTIONS}</ul></nav><main><h1>Latest</h1><ul>{SECTIONS}</ul></main></body></html>",
    ],
    ids=lambda page: page[:30],
)
def test_a_page_without_an_article_is_a_failure_and_no_short_article(page: str) -> None:
    assert _reason(page) == "no-text"


def test_what_is_just_long_enough_is_an_article() -> None:
    words = "word " * (ENOUGH // 5)
    assert _reason(_page(words[: ENOUGH - 2])) == "no-text"
    assert len(_text(_page(words + "end"))) >= ENOUGH


@pytest.mark.parametrize(
    ("text", "encoding", "content_type", "head"),
    [
        (CHINESE, "gb18030", "text/html; charset=GB2312", ""),
        (CHINESE, "gb18030", "text/html", '<meta charset="gbk">'),
        (CHINESE, "gb18030", None, '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'),
        (CHINESE, "utf-16", "text/html", ""),
        (CHINESE, "utf-8", "text/html; charset=iso-8859-1", ""),
        (CHINESE, "utf-8", "text/html; charset=unicode_escape", '<meta charset="\0zip">'),
        (RUSSIAN, "cp1251", "text/html; charset=windows-1251", '<meta charset="utf-8">'),
        (RUSSIAN, "koi8-r", None, "<meta charset='KOI8-R'>"),
        (DENIAL + LEAD, "cp1252", None, ""),
    ],
)
def test_a_page_is_read_in_its_own_encoding(text: str, encoding: str, content_type: str | None, head: str) -> None:
    assert _text(_page(text, head=head).encode(encoding), content_type) == text


@pytest.mark.parametrize("charset", ["utf-16", "big5", "iso-2022-jp", "zip", "idna", "undefined", "x" * 5_000, "\0"])
def test_a_wrong_name_of_an_encoding_brings_nothing_down(charset: str) -> None:
    page = _page(LEAD, DENIAL, head=f'<meta charset="{charset}">').encode()
    for content_type in (f"text/html; charset={charset}", "text/html", None):
        try:
            assert extract(page, url=URL, content_type=content_type)
        except FetchError as error:
            assert error.reason == "no-text"  # noqa: PT017  # either is right: the label may be believed


@pytest.mark.parametrize(
    "page",
    [
        b"<html><body>" + b"<div>" * 2_000_000,
        b"<html><body>" + b"<div>" * 5_000 + LEAD.encode() + b"</div>" * 5_000,
        b"<html><body>" + b"<table><tr><td>" * 600_000,
        b"<html><body>" + b"<!--" * 2_500_000,
        b"<html><body><p>" + b"x" * 10_000_000,
        b"<html><body><p>" + b"&amp;" * 100_000,
        b"\0" * 1_000_000,
        b"\x1f\x8b\x08" + bytes(1_000_000),
        b'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE html [<!ENTITY a "aa"><!ENTITY b "&a;">]><html>&b;</html>',
        b'<!DOCTYPE html SYSTEM "file:///etc/passwd"><html><body><p>&xxe;</p></body></html>',
    ],
    ids=lambda page: repr(page[12:24]),
)
def test_hostile_pages_end_in_a_text_or_a_named_failure(page: bytes) -> None:
    try:
        text = extract(page, url=URL, content_type="text/html")
    except FetchError as error:
        assert error.reason == "no-text"  # noqa: PT017  # either is right, as long as it ends
    else:
        assert clean(text) == text


def test_what_stands_before_the_end_of_a_long_page_is_read() -> None:
    assert _text(_page(LEAD, DENIAL, MARKET) + "<!-- " + "x" * 8_000_000).startswith(LEAD)


@given(st.text(st.sampled_from("<>&;/!-# apdivtlbresc\n\"'=x0"), max_size=200))
@settings(deadline=None)
def test_whatever_stands_in_a_page_its_text_is_clean(inside: str) -> None:
    text = _text(_page(LEAD, DENIAL, inside))
    assert clean(text) == text
