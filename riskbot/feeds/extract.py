"""A page → the text of its article. The only file that imports trafilatura.

What always holds: this runs in a child process, under its deadline and its ceiling on memory, never in the process that
polls; nothing is fetched; what comes out is clean text as `html.to_text` makes it. Navigation, notices about cookies,
teasers and readers' comments are left out, tables stay: the pages of many authorities are laid out as one, and lists of
names stand in them. A page without enough text to be an article, or with little but links, is a failure.

Deliberately absent: pictures, dates, authors, and whether the page should have been read at all (`pages.py`).
"""

from __future__ import annotations

from riskbot.feeds.failures import failure
from riskbot.feeds.html import decoded, linked, to_text

ENOUGH = 200  # characters; what is shorter is a notice, a teaser or a door
_MOSTLY = 0.5  # of the text; where more of it is links, it is a list of articles
_LONGEST = 4_000_000  # characters of a page that are looked at; articles stand far before that
_LARGE = 200_000  # characters of a page after which the caches are emptied, which hold texts by their number


def extract(html: bytes, *, url: str, content_type: str | None) -> str:
    """The text of the page's article, in paragraphs. Raises FetchError (`no-text`), which names the page by `url`."""
    # It takes a good tenth of a second to load, and a child that only parses feeds never needs it.
    from trafilatura import extract as main_part
    from trafilatura.meta import reset_caches

    page = decoded(html, content_type)[:_LONGEST]
    try:
        found = main_part(
            page,
            favor_precision=True,
            include_comments=False,
            include_tables=True,
            include_links=True,
            include_images=False,
            output_format="html",
        )
    finally:
        if len(page) > _LARGE:
            reset_caches()
    text = to_text(found) if found else ""
    if len(text) < ENOUGH or linked(found or "") > _MOSTLY:
        raise failure("no-text", url)
    return text
