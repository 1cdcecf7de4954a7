"""Other ways to find the same terms in the same articles: how long one article takes with each.

Only finding is measured, of whole words in any case: no companies, no nearness, no spans of the original. Each is
given what it is best at, and none is measured where it would take minutes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from importlib.util import find_spec

Find = Callable[[str], object]
MOST_SINGLE = 1_000  # companies up to which one `re` for each term can be waited for
MOST_SPACY = 10_000


def peers(terms: Sequence[str], companies: int) -> list[tuple[str, Find | str]]:
    """(name, how to search one text), or in words why it is not measured."""
    return [
        ("re, one for each term", _single(terms) if companies <= MOST_SINGLE else "too slow"),
        ("flashtext2", _flashtext(terms) if find_spec("flashtext2") else "not installed"),
        ("pyahocorasick", _ahocorasick(terms) if find_spec("ahocorasick") else "not installed"),
        ("spaCy PhraseMatcher", _spacy(terms, companies)),
    ]


def _single(terms: Sequence[str]) -> Find:
    patterns = [re.compile(rf"(?<!\w){re.escape(term)}(?!\w)", re.IGNORECASE) for term in terms]
    return lambda text: [pattern.findall(text) for pattern in patterns]


def _flashtext(terms: Sequence[str]) -> Find:
    from flashtext2 import KeywordProcessor

    processor = KeywordProcessor(case_sensitive=False)
    for term in terms:
        processor.add_keyword(term)
    return lambda text: processor.extract_keywords_with_span(text)


def _ahocorasick(terms: Sequence[str]) -> Find:
    import ahocorasick

    automaton = ahocorasick.Automaton()
    for term in terms:
        automaton.add_word(f" {term.lower()} ", term)
    automaton.make_automaton()
    blanks = re.compile(r"\W")
    return lambda text: list(automaton.iter(blanks.sub(" ", text.lower())))


def _spacy(terms: Sequence[str], companies: int) -> Find | str:
    if not find_spec("spacy"):
        return "not installed"
    if companies > MOST_SPACY:
        return "too slow"
    import spacy
    from spacy.matcher import PhraseMatcher

    language = spacy.blank("en")
    matcher = PhraseMatcher(language.vocab, attr="LOWER")
    matcher.add("terms", [language.make_doc(term) for term in terms])
    return lambda text: matcher(language.make_doc(text))
