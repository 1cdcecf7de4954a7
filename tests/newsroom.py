"""Word frequencies of a small newsroom, and articles weighed by them, for the tests of likeness and placing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from riskbot.model import Hit
from riskbot.stories.frequencies import Frequencies
from riskbot.stories.placing import Candidate
from riskbot.stories.similarity import Weighed, weigh
from riskbot.stories.sketch import sketch
from riskbot.stories.words import stem
from tests.builders import NOW, article, hit, reading

_COMMON = """ban phone government device security risk official order minister fine export rule sale chip maker memo
    military help claim deny condemn sanction list pause ship route attack resume return share fall market profit
    quarter rise report plan company law app user data privacy regulator decision concern work worker strike buy
    aircraft carrier
    large purchase first new wave package adopt third fourth export control vote target record year strong demand"""
DOCUMENTS = 20_000
FREQUENCIES = Frequencies(
    DOCUMENTS,
    {stem(word): 300 for word in _COMMON.split()} | {"china": 500, "canada": 120, "italy": 90, "russia": 400},
    "newsroom",
    {stem(word): 250 for word in _COMMON.split()},
)
BAN = "Canada bans Acme app on government phones"
BAN_TEXT = "Canada ordered officials to remove the Acme app from government devices over security and privacy risks."
RETOLD = "Acme app banned from government phones in Canada"
RETOLD_TEXT = (
    "The Acme app must go from government devices, Canada said, because of concerns about privacy and security."
)
OTHER = "Airline strike in Toulouse"
OTHER_TEXT = "Crews of the carrier walked out at noon; forty aircraft stayed on the ground."


def told(title: str, text: str = "", *hits: Hit, at: datetime | None = NOW, id_: str = "", **fields: Any) -> Weighed:
    """An article as it is compared; its id is made of its title unless one is given."""
    given = {"id": id_} if id_ else {}
    made = article(title, text, published=at, seen=None, **given, **fields)
    return weigh(sketch(reading(made, hits=hits)), FREQUENCIES)


def ban(**fields: Any) -> Weighed:
    """A government forbids an app."""
    return told(BAN, BAN_TEXT, **fields)


def retold(**fields: Any) -> Weighed:
    """The same, by another outlet."""
    return told(RETOLD, RETOLD_TEXT, **fields)


def other(**fields: Any) -> Weighed:
    """Something else altogether."""
    return told(OTHER, OTHER_TEXT, **fields)


def of_company(company: str = "acme") -> Hit:
    """A hit."""
    return hit(company, "state-ban")


def story(id_: str, *members: Weighed, **fields: Any) -> Candidate:
    """A candidate of these articles."""
    return Candidate(id_, members, **fields)
