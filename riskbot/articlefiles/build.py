"""The article value that a file's title and text make.

What always holds: the text is clean, so that spans point at what is stored; the id is the article's own address, or
made from its words, so that reading a file again gives the same article.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from riskbot.errors import ArticleFileError
from riskbot.model import Article
from riskbot.text.headlines import best_sentence, headline
from riskbot.text.headlines import published as published_in
from riskbot.text.normalise import clean, fingerprint


def build(
    name: str,
    text: str,
    *,
    title: str | None = None,
    url: str | None = None,
    outlet: str | None = None,
    published: datetime | None = None,
) -> Article:
    """An article of what is known; title and date are looked for in the text where they are not given.

    `url` is canonical already. Raises ArticleFileError when neither title nor text holds a word.
    """
    text = clean(text)
    published = published or published_in(text, url)
    if title is None:
        title, text = title_of(text)
    if not any(c.isalnum() for c in title + text):
        raise ArticleFileError(f"{name} holds no words", "write the article into it, or remove it")
    article_id = url or _id(title, text)
    return Article(
        id=article_id,
        title=title,
        text=text,
        url=url,
        outlet=outlet,
        published=published,
        entry_id=article_id,
        fingerprint=fingerprint(title, text),
    )


def title_of(text: str) -> tuple[str, str]:
    """The title of a clean text, and the text without its title line; a sentence that serves as title stays in it."""
    found = headline(text)
    if found is None:
        return best_sentence(text), text
    start, end = found
    return text[start:end].lstrip("#").strip(" *_") or text[start:end], clean(text[:start] + text[end:])


def _id(title: str, text: str) -> str:
    return "urn:sha256:" + hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()[:32]
