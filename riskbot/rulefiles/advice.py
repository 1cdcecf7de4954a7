"""Warnings and notes: what is allowed and probably not meant.

What always holds: advice never stops rules from loading, and is given for the user's own files only. Deliberately
absent: what only matching can tell (whether an example fires), which `rules test` does.
"""

from __future__ import annotations

from collections.abc import Sequence

from riskbot.matching.rules import Term
from riskbot.rulefiles.names import is_legal_form, name_key
from riskbot.rulefiles.schema import CompanyEntry, TopicEntry
from riskbot.rulefiles.source import RuleSource, child
from riskbot.yamlfile import Fields, Value, shorten

# Ordinary words that are also names of listed companies. Names of up to three letters need no list.
_ORDINARY = frozenset(
    "align amazon apple arch arrow ball best block bolt boots boss buff carnival cars chase chevron citizens coach "
    "compass core corning crane deep delta discover dish dover edge fast focus ford general global gold grab icon "
    "intel iron lime line link loves macy match meta micro monster national next nice nova open oracle orange "
    "paramount patriot peak post premier progress public pure republic ring root ross sage seek sharp shell ship shop "
    "smith snap sonic spirit sprint square star stellar stem subway target texas time toll travelers trend true unit "
    "unity universal vale visa vulcan waters wave weir well western wind wise wish wolf yelp zoom".split()
)
_VOWELS = frozenset("aeiouy")


def advise(sources: Sequence[RuleSource]) -> None:
    """Add warnings and notes to the sources."""
    for source in sources:
        if source.shipped:
            continue
        for company, node in source.entries("companies"):
            _weak_names(source, company, node)
        for topic, node in source.entries("topics"):
            _idle_terms(source, topic, node)
        for rule, node in source.entries("rules"):
            # Tests that are there, though not as they should be, have been told of already.
            written = isinstance(node, Fields) and getattr(node.items.get("tests"), "items", None)
            if not rule.tests and not written and rule.status != "off":
                message = f"the rule {shorten(rule.title)!r} has no tests"
                mend = "add one text that must fire and one that must stay quiet"
                source.tell(child(node, "title"), "no-tests", message, mend, "note")


def _weak_names(source: RuleSource, company: CompanyEntry, node: Value) -> None:
    names = [(company.name, ("name",), company.exact)]
    names += [(alias, ("aliases", n), False) for n, alias in enumerate(company.aliases)]  # type: ignore[misc]
    for name, path, exact in names:
        if is_legal_form(name):
            message = f"{shorten(name)!r} is a legal form, not a name"
            mend = "a comma inside a list separates names: put a name with a comma in quotes"
            source.tell(child(node, *path), "comma-in-name", message, mend, "warning")
        elif not exact and not company.only_with and _reads_as_word(name):
            mend = f"write ={name} for exact case, use a ticker, or add `only_with`"
            if path == ("name",):
                mend = "add `exact: true`, use a ticker, or add `only_with`"
            message = f"{name!r} in any case is also an ordinary word"
            source.tell(child(node, *path), "weak-name", message, mend, "warning")


def _reads_as_word(name: str) -> bool:
    if not name.isascii() or not name.isalpha() or name.isupper():
        return False
    word = name.lower()
    return word in _ORDINARY or (len(word) <= 3 and bool(_VOWELS & set(word)))


def _idle_terms(source: RuleSource, topic: TopicEntry, node: Value) -> None:
    """Terms that another term of the topic finds anyway, or that `not_in` always masks."""
    masked = {name_key(word) for word in topic.not_in}
    first: dict[str, int] = {}
    prefixes = {name_key(word[:-1]): word for word in topic.terms if word.endswith("*")}
    for position, word in enumerate(topic.terms):
        at = child(node, "terms", position)
        key = name_key(word)
        if key in first:
            mend = "delete it"
            source.tell(at, "idle-term", f"the term {shorten(word)!r} stands already in this list", mend, "warning")
            continue
        first[key] = position
        try:
            term = Term.parse(word)
        except ValueError:
            continue  # told as an error already
        if term.kind == "phrase" and key in masked:
            message = f"the term {shorten(word)!r} can never match: `not_in` masks it"
            source.tell(at, "idle-term", message, "take it out of one of the two", "warning")
        elif term.kind != "exact" or not word.endswith("*"):
            text = name_key(term.text)
            lengths = range(3, len(text) + (term.kind != "prefix"))
            longer = next((prefixes[text[:n]] for n in lengths if text[:n] in prefixes), None)
            if longer and longer != word and " " not in text[len(longer) - 1 :]:
                message = f"the term {shorten(word)!r} is found by {shorten(longer)!r} anyway"
                source.tell(at, "idle-term", message, "delete it", "note")
