"""Full text: which of the two texts an article gets, that of its page or that of its feed.

What always holds: the fingerprint stays that of the feed's words, so that a page that changes is no edit; an article
never ends with less text than its feed gave; what became of its page is said on the article. Deliberately absent:
fetching and extracting (`feeds/pages.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from riskbot.errors import FetchError
from riskbot.model import Article

READ = "read"


def wanted(articles: Sequence[Article]) -> list[str]:
    """The addresses of the pages to read, the newest article's first: where not all may be read, it is the old ones."""
    return list(dict.fromkeys(article.url for article in reversed(articles) if article.url))


def with_page(article: Article, pages: Mapping[str, str | FetchError]) -> Article:
    """The article with its page's text, or with the reason why it keeps its feed's."""
    if article.url is None:
        return replace(article, page="no-link: the entry links no page")
    page = pages.get(article.url)
    if page is None:
        return replace(article, page="not-asked: its page was not read")
    if isinstance(page, FetchError):
        return replace(article, page=f"{page.reason}: {page}")
    if len(page) < len(article.text):
        return replace(article, page="shorter: its page holds less text than its feed")
    return replace(article, text=page, page=READ)


def unread(articles: Sequence[Article]) -> int:
    """Of how many the page should have been read and was not."""
    return sum(article.page not in (None, READ) for article in articles)
