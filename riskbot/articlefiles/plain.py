"""Plain text as it is pasted from a page: everything is found in the text or unknown.

What always holds: url and outlet are unknown, because a page's `Source:` line credits someone else; the title is the
first line that reads as a headline, taken out of the text once, else the sentence that says best what it is about.
"""

from __future__ import annotations

from riskbot.articlefiles.build import build
from riskbot.model import Article


def article(text: str, name: str) -> Article:
    """The article of a plain text; `name` is what errors call it. Raises ArticleFileError."""
    return build(name, text)
