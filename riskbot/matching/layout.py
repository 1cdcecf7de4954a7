"""How an article is laid out: where its sentences, its paragraphs and its lead are, and what of it is page furniture.

What always holds: the title is a sentence and a paragraph of its own; what is furniture belongs to no lead and to no
unit that counts. Sentences are only looked for when somebody asks: most articles never get that far.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cached_property

from riskbot.model import Article, Field
from riskbot.text.furniture import Furniture
from riskbot.text.furniture import find as find_furniture
from riskbot.text.sentences import Range, blocks, sentences

LEAD_SENTENCES = 3
LEAD_CHARACTERS = 400  # a lead ends here, however short its sentences
_WORD = re.compile(r"\w+(?:['’]\w+)*")
TITLE = -1  # the unit of everything in the title


class Layout:
    """The places of one article, found on demand."""

    def __init__(self, article: Article) -> None:
        self.title = article.title
        self.text = article.text

    @cached_property
    def furniture(self) -> tuple[Furniture, ...]:
        """Ranges of the text that are not the article, in order."""
        return find_furniture(self.text)

    @cached_property
    def _furniture_starts(self) -> list[int]:
        return [piece.start for piece in self.furniture]

    def is_furniture(self, field: Field, start: int, end: int) -> bool:
        """Whether a range touches page furniture."""
        if field == "title":
            return False
        index = bisect_right(self._furniture_starts, end - 1) - 1
        return index >= 0 and self.furniture[index].end > start

    @cached_property
    def sentences(self) -> list[Range]:
        """The sentences of the text, furniture's included."""
        return sentences(self.text)

    @cached_property
    def _sentence_starts(self) -> list[int]:
        return [start for start, _ in self.sentences]

    @cached_property
    def _paragraph_starts(self) -> list[int]:
        return [start for start, _ in blocks(self.text)]

    def sentence(self, field: Field, place: int) -> int:
        """The number of the sentence in which a place stands; `TITLE` for the title."""
        return TITLE if field == "title" else bisect_right(self._sentence_starts, place) - 1

    def paragraph(self, field: Field, place: int) -> int:
        """The number of the paragraph in which a place stands; `TITLE` for the title."""
        return TITLE if field == "title" else bisect_right(self._paragraph_starts, place) - 1

    @cached_property
    def _word_starts(self) -> dict[Field, list[int]]:
        return {
            "title": [word.start() for word in _WORD.finditer(self.title)],
            "text": [word.start() for word in _WORD.finditer(self.text)],
        }

    def words_between(self, field: Field, start: int, end: int) -> int:
        """How many words begin between two places; what is left of the word at `start` ("Acme's") is none."""
        starts = self._word_starts[field]
        return max(bisect_left(starts, end) - bisect_left(starts, start), 0)

    def sentence_text(self, number: int) -> str:
        """The words of a sentence."""
        if number == TITLE:
            return self.title
        start, end = self.sentences[number]
        return self.text[start:end]

    @cached_property
    def lead_end(self) -> int:
        """Where in the text the lead ends: the first sentences that are not furniture."""
        counted = 0
        beginning: int | None = None
        for start, end in self.sentences:
            if self.is_furniture("text", start, end):
                continue
            beginning = start if beginning is None else beginning
            counted += 1
            if counted >= LEAD_SENTENCES or end - beginning >= LEAD_CHARACTERS:
                return end
        return self.sentences[-1][1] if beginning is not None else 0

    def is_prominent(self, field: Field, start: int) -> bool:
        """Whether a place stands in title or lead."""
        return field == "title" or start < self.lead_end
