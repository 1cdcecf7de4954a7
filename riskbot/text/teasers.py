"""Lists of other stories that a page puts beside, into or below the article.

What always holds: only lines after a heading that says so ("You may also like") are taken, and only while they read as
a list: link words, doubled headlines, dates, buttons, and the summaries between them. Prose ends the list. A text in
which nothing but lists would be found is left alone: then the headlines are the article.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from riskbot.text.pagelines import Furniture, Line, ends_sentence, is_headline, is_prose, is_share, is_stamp, terms

_HEADINGS = terms(
    """you may also like|you might also like|you may like|you might like|also like|related|related articles
    |related article|related stories|related story|related news|related posts|related content|related coverage
    |related links|related topics|related reading|read more|read next|read also|also read|more stories|more news
    |more articles|more on this story|more on this|more like this|more for you|recommended|recommended for you
    |recommended reading|recommended stories|recommended articles|most read|most popular|most viewed|most shared
    |trending|trending now|trending stories|popular|popular posts|popular now|popular stories|top stories
    |latest news|latest stories|latest articles|don't miss|editor's picks|editors' picks|what to read next|up next
    |next article|previous article|from the web|around the web|sponsored|sponsored stories|promoted
    |promoted stories|in case you missed it|see also|further reading|keep reading|other stories|other news
    |suggested articles|suggested for you|te puede interesar|también te puede interesar|te podría interesar
    |artículos relacionados|noticias relacionadas|contenido relacionado|lo más leído|más leídas|más noticias
    |lee también|lea también|le recomendamos|te recomendamos|à lire aussi|lire aussi|a lire aussi
    |sur le même sujet|articles similaires|articles liés|les plus lus|les plus lues|vous aimerez aussi
    |vous pourriez aussi aimer|à découvrir|das könnte sie auch interessieren|das könnte dich auch interessieren
    |das könnte dir auch gefallen|mehr zum thema|lesen sie auch|lesen sie mehr|meistgelesen|am meisten gelesen
    |ähnliche artikel|ähnliche beiträge|verwandte artikel|verwandte themen|weitere artikel|weiterlesen|leggi anche
    |potrebbe interessarti anche|ti potrebbe interessare|articoli correlati|i più letti|notizie correlate
    |leia também|veja também|leia mais|você também pode gostar|artigos relacionados|notícias relacionadas
    |mais lidas|lees ook|meest gelezen|gerelateerde artikelen|læs også|les også|läs också|czytaj także
    |czytaj również|zobacz też|zobacz także|najczęściej czytane|powiązane artykuły|читайте также|похожие статьи
    |похожие новости|самое читаемое|по теме|материалы по теме|читайте також|схожі новини|ilgili haberler
    |bunlar da ilginizi çekebilir|en çok okunanlar|相关文章|相关新闻|相关阅读|相关推荐|推荐阅读|延伸阅读|猜你喜欢
    |你可能也喜欢|您可能也喜欢|热门文章|热门推荐|更多新闻|相關文章|相關新聞|延伸閱讀|推薦閱讀|熱門文章|関連記事
    |関連ニュース|あわせて読みたい|おすすめ記事|おすすめ|人気記事|関連リンク|관련 기사|관련기사|추천 기사|추천기사
    |많이 본 뉴스|인기 기사|함께 보면 좋은 기사|اقرأ أيضا|اقرأ أيضًا|مقالات ذات صلة|مواضيع ذات صلة|أخبار ذات صلة
    |ये भी पढ़ें|यह भी पढ़ें|संबंधित खबरें"""
)
_MORE_FROM = re.compile(
    r"^(?:more from|more in|latest from|mehr von|mehr aus|plus de|más de|altro da) \S+(?: \S+){0,4}$"
)
# "Read more: Airline shares slump": the heading and its one link in a line.
_ONE_LINK = re.compile(
    r"^[\W_]*(?:read more|read also|also read|read next|see also|related|related (?:article|story|news|reading)"
    r"|don['’]t miss|more on this|recommended|lee también|lea también|te puede interesar|(?:à )?lire aussi"
    r"|lesen sie auch|mehr zum thema|leggi anche|leia também|veja também|leia mais|lees ook|czytaj także|czytaj też"
    r"|zobacz też|читайте также|читайте також|相关阅读|延伸阅读|延伸閱讀|推荐阅读|関連記事"
    r"|관련 기사|관련기사|اقرأ أيضا)\s?[:：|–—>»]\s*(?P<link>\S.*)$",
    re.IGNORECASE,
)
_FOOTER_START = re.compile(r"^The post .{3,300}? (?:first )?appeared (?:first )?on ")


def teasers(lines: list[Line]) -> Iterator[Furniture]:
    """Every list of other stories, each as one range."""
    found: list[tuple[int, int]] = []
    i = 0
    while i < len(lines):
        if _is_heading(lines[i]):
            last = _list_end(lines, i)
            found.append((i, last))
            i = last
        else:
            if _is_one_link(lines[i]):
                found.append((i, i + 1))
            i += 1
    if not found:
        return
    listed = {i for first, last in found for i in range(first, last)}
    if not any(is_prose(line) for i, line in enumerate(lines) if i not in listed):
        return
    for first, last in found:
        yield Furniture(lines[first].start, lines[last - 1].end, "teasers")


def _is_heading(line: Line) -> bool:
    return line.key in _HEADINGS or (
        len(line.key) <= 60 and bool(_MORE_FROM.match(line.key)) and not ends_sentence(line)
    )


def _is_one_link(line: Line) -> bool:
    if len(line.text) > 220:
        return False
    match = _ONE_LINK.match(line.text)
    return bool(match) and not (ends_sentence(line) and line.text[-1] not in "?!？！…")


def _list_end(lines: list[Line], heading: int) -> int:
    """The index after the list's last line; right after the heading where prose follows it."""
    i = heading + 1
    while i < len(lines) and _is_item(lines, i):
        i += 1
    if i == len(lines):
        return i
    # Prose ended the list: a line right above it is its heading, and belongs to the article.
    if not lines[i].apart and i - 1 > heading and not is_share(lines[i - 1]) and not is_stamp(lines[i - 1]):
        i -= 1
    return i


def _is_item(lines: list[Line], i: int) -> bool:
    line = lines[i]
    if not is_prose(line) and (is_headline(line) or line.words < 4 or not ends_sentence(line)):
        return True  # link words; even a short sentence with its full stop is prose
    if is_headline(line) and line.words <= 20 and line.text[-1] in "?!？！":
        return True  # a long headline that asks
    following = lines[i + 1] if i + 1 < len(lines) else None
    if following and (is_share(following) or is_stamp(following)):
        return True  # an item's summary, with its buttons or its date below
    if _FOOTER_START.match(line.text[:400]):
        return True
    return i >= 2 and bool(lines[i - 1].key) and lines[i - 1].key == lines[i - 2].key
