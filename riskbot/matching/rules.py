"""Watch rules as values: what the rule files say once it is known to be right.

What always holds: every id that a rule names exists in its rule set, selectors ("tag:china", "everyone") are already
resolved to company ids, and text stands as the file writes it. Files, lines and columns belong to `rulefiles/`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from riskbot.errors import RiskbotError
from riskbot.model import Level
from riskbot.model.calm import DigestTime

TermKind = Literal["phrase", "prefix", "exact"]
Scope = Literal["title", "sentence", "lead", "paragraph", "article"]


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for: a phrase in any case, `word*` for all its endings, `=Exact` for exact case."""

    written: str  # as the file writes it: what people see as the reason
    kind: TermKind
    text: str  # without the marks

    @classmethod
    def parse(cls, written: str) -> Term:
        """Read the marks of a term. Raises ValueError with a sentence for people."""
        text = written.strip()
        kind: TermKind = "phrase"
        if text.startswith("="):
            kind, text = "exact", text[1:].strip()
        elif text.endswith("*"):
            kind, text = "prefix", text[:-1]
        if "*" in text:
            raise ValueError(f"{written!r}: `*` may stand only at the end of a term, and not with `=`")
        if not any(c.isalnum() for c in text):
            raise ValueError(f"{written!r} has no letter or digit to look for")
        if kind == "prefix" and (len(text) < 3 or not text[-1].isalnum()):
            raise ValueError(f"{written!r}: `*` needs at least three characters, the last a letter or digit, before it")
        return cls(written=written, kind=kind, text=text)


@dataclass(frozen=True, slots=True)
class Company:
    """A watched organisation."""

    id: str
    name: str
    aliases: tuple[Term, ...] = ()  # every name it goes by, the name itself included
    tickers: tuple[str, ...] = ()  # exact case, whole token
    not_in: tuple[Term, ...] = ()  # phrases in which a name is not the company
    only_with: tuple[Term, ...] = ()  # when not empty, names count only if one of these stands in the article too
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """A named group of terms."""

    id: str
    terms: tuple[Term, ...]
    not_in: tuple[Term, ...] = ()  # phrases that mask the terms inside them
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Example:
    """A text that must fire a rule, or must not."""

    fires: bool
    title: str
    text: str
    line: int = 0  # where it stands in its file


@dataclass(frozen=True, slots=True)
class Rule:
    """Which companies, together with which topics, how near, how grave, to which channel."""

    id: str
    title: str
    companies: frozenset[str]  # company ids
    topics: tuple[str, ...]  # at least one of
    and_topics: tuple[str, ...] = ()  # and every one of
    not_topics: tuple[str, ...] = ()  # and none of, in the whole article
    near: Scope | int = "sentence"  # int: at most so many words between
    about: Literal["subject", "mention"] = "subject"
    level: Level = Level.MEDIUM
    channel: str | None = None  # None: the default channel
    status: Literal["live", "trial", "off"] = "live"
    owner: str = ""
    notes: str = ""
    tags: tuple[str, ...] = ()  # by which routes choose a channel
    digest: DigestTime | None = None  # told in it; None: as the channel is told
    mention: str = ""  # whom critical stories mention; empty: nobody
    examples: tuple[Example, ...] = ()
    file: str = ""  # where it is written, for messages
    line: int = 0


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Everything a matcher is compiled from."""

    companies: tuple[Company, ...] = ()
    topics: tuple[Topic, ...] = ()
    rules: tuple[Rule, ...] = ()
    hash: str = field(default="", compare=False)  # content hash; recorded with every hit

    def company(self, company_id: str) -> Company:
        """The company of that id. Raises RiskbotError when there is none: a defect, the files were checked."""
        for company in self.companies:
            if company.id == company_id:
                return company
        raise RiskbotError(f"no company {company_id!r} in the rule set")
