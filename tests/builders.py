"""Values with defaults that read well, so that a test names only what it is about.

Everything is built around one small piece of news: a White House memo that names Alibaba. Times count from `NOW`;
nothing asks the clock. Every builder takes the fields of its value as keywords.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from riskbot.matching.rules import Company, Rule, RuleSet, Term, Topic
from riskbot.model import (
    Article,
    Claim,
    Decision,
    Entry,
    Feed,
    Hit,
    Level,
    Modality,
    Placement,
    Reading,
    Reason,
    Span,
    Standing,
)

NOW = datetime(2025, 11, 17, 12, 0, tzinfo=UTC)
TITLE = "White House memo says Alibaba helps the Chinese military"
TEXT = "A memo from the White House says that Alibaba helps the Chinese military. Alibaba denied it."


def later(**units: float) -> datetime:
    """`NOW` and a bit: `later(minutes=5)`, `later(hours=-2)`."""
    return NOW + timedelta(**units)


def article(title: str = TITLE, text: str = TEXT, **fields: Any) -> Article:
    """An article seen at `NOW`; its id is made from its title, its fingerprint from title and text."""
    fields.setdefault("id", re.sub(r"\W+", "-", title.casefold()).strip("-"))
    fields.setdefault("seen", NOW)
    fields.setdefault("identity", fields.get("url"))
    fields.setdefault("fingerprint", hashlib.sha256(f"{title}\n{text}".encode("utf-8", "surrogatepass")).hexdigest())
    return Article(title=title, text=text, **fields)


def entry(title: str = TITLE, text: str = TEXT, **fields: Any) -> Entry:
    """One raw item of a feed."""
    return Entry(title=title, text=text, **fields)


def feed(name: str = "example", **fields: Any) -> Feed:
    """A feed of its own host."""
    fields.setdefault("url", f"https://{name}.example/rss")
    return Feed(name=name, **fields)


def span(found: str, within: str = TITLE, **fields: Any) -> Span:
    """Where `found` first stands in the text `within` (the title's, unless `field` says otherwise)."""
    start = within.index(found)
    fields.setdefault("field", "title")
    fields.setdefault("term", found)
    return Span(start=start, end=start + len(found), text=found, **fields)


def hit(company: str = "alibaba", *topics: str, **fields: Any) -> Hit:
    """`hit("alibaba", "military")`; its spans stand in `TITLE`, so give your own beside another article."""
    topics = topics or ("military",)
    plain = Hit(
        rule=f"{company}-{topics[0]}",
        company=company,
        company_name=company.title(),
        topics=topics,
        modality=Modality.ACTUAL,
        level=Level.MEDIUM,
        score=60,
        spans=(span("Alibaba"), span("military", topic=topics[0])),
        sentence=TITLE,
        rules_hash="0" * 64,
    )
    return replace(plain, **fields)


def claim(status: Standing = Standing.ALLEGED, speaker: str | None = "White House", **fields: Any) -> Claim:
    """Who says what."""
    fields.setdefault("sentence", TITLE)
    return Claim(status=status, speaker=speaker, **fields)


def reading(of: Article | None = None, *hits: Hit, **fields: Any) -> Reading:
    """An article as the core read it, with one hit unless `hits=()` or others are given."""
    if hits or "hits" not in fields:
        fields["hits"] = hits or (hit(),)
    return Reading(article=of or article(), **fields)


def placement(story: str | None = None, **fields: Any) -> Placement:
    """Opens a story, or joins the one named."""
    fields.setdefault("opens", story is None)
    fields.setdefault("similarity", 0.0 if story is None else 0.6)
    fields.setdefault("why", "nothing like it" if story is None else "same company, shared: memo")
    return Placement(story=story, **fields)


def decision(article: str, channel: str = "#risk", **fields: Any) -> Decision:
    """To tell of a new story, unless the fields say otherwise."""
    fields.setdefault("tell", True)
    fields.setdefault("reason", Reason.NEW_STORY)
    return Decision(article=article, channel=channel, **fields)


def company(name: str = "Alibaba", **fields: Any) -> Company:
    """A watched company that goes by its name alone."""
    fields.setdefault("id", name.casefold())
    fields.setdefault("aliases", (Term.parse(name),))
    return Company(name=name, **fields)


def topic(name: str = "military", *terms: str, **fields: Any) -> Topic:
    """A topic; without terms its one term is its id."""
    return Topic(id=name, terms=tuple(Term.parse(term) for term in terms or (name,)), **fields)


def rule(title: str = "Alibaba and the military", **fields: Any) -> Rule:
    """Alibaba together with military."""
    fields.setdefault("id", re.sub(r"\W+", "-", title.casefold()).strip("-"))
    fields.setdefault("companies", frozenset({"alibaba"}))
    fields.setdefault("topics", ("military",))
    return Rule(title=title, **fields)


def ruleset(
    *rules: Rule, companies: tuple[Company, ...] = (), topics: tuple[Topic, ...] = (), **fields: Any
) -> RuleSet:
    """The rules with Alibaba and the military; or with the companies and topics given instead."""
    return RuleSet(companies or (company(),), topics or (topic(),), rules or (rule(),), **fields)
