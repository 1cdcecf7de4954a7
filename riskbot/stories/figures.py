"""Figures in which the articles of a story differ: how far a share fell, by whom and in whose words.

What always holds: a figure is shown as it is written, with the outlet that writes it; figures that say the same are
one; where there is only one, nothing differs and nothing is shown. Deliberately absent: telling which one is right (a
close, a low and another market are all true), and amounts of money, which mean too many things.

Method: a share word, a verb of movement and a percentage within one sentence, in either order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from riskbot.model import Figure, Member
from riskbot.stories.outlets import Outlets
from riskbot.stories.reposts import reposts
from riskbot.text.furniture import mask
from riskbot.text.sentences import sentences

CHARACTERS = 20_000  # of a text that are looked at
MOST = 8  # figures of a story
_FALLING = """
    fall falls fell fallen falling drop drops dropped dropping slide slides slid sliding tumble tumbles tumbled tumbling
    plunge plunges plunged plunging sink sinks sank sunk sinking slump slumps slumped slumping lose loses lost losing
    decline declines declined declining dip dips dipped slip slips slipped slipping shed sheds shedding down lower tank
    tanks tanked crash crashes crashed dive dives dived weaken weakened off"""
_RISING = """
    rise rises rose risen rising gain gains gained gaining climb climbs climbed climbing jump jumps jumped jumping surge
    surges surged surging soar soars soared soaring rally rallies rallied rallying up higher rebound rebounds rebounded
    add adds added advance advances advanced spike spikes spiked recover recovered"""
_SHARES = re.compile(
    r"\b(?:shares?|stocks?|share price|stock price|ADRs?|ADSs?|securities|trading|session)\b", re.IGNORECASE
)
_MOVES = re.compile(
    rf"\b(?:(?P<fall>{'|'.join(_FALLING.split())})|(?P<rise>{'|'.join(_RISING.split())}))\b", re.IGNORECASE
)
_NUMBER = re.compile(
    r"(?<![\w.,])(?P<sign>[-−–+])?(?P<number>\d{1,3}(?:[.,]\d{1,3})?)\s?(?:%|percent\b|per\s+cent\b|pct\b)",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"(?:\b(?:as much as|more than|less than|nearly|almost|about|around|roughly|over|just over|just under|up to|"
    r"at least|close to|some|approximately)\s+|[~≈]\s?)$",
    re.IGNORECASE,
)
# What a number must not be about, though shares are near.
_NOT_A_MOVE = re.compile(
    r"\b(?:stake|owns?|owned|holding|revenue|sales|profits?|earnings|income|margins?|tariffs?|interest|yield|inflation|"
    r"market share|tax|of (?:the|its|all|total)|year[ -]to[ -]date|this year|since (?:the start|january)|premium|"
    r"discount)\b",
    re.IGNORECASE,
)
_WHERE = re.compile(
    r"\b(?:in|on) (?:the )?(?P<place>U\.S\.|US\b|United States|New York|Hong Kong|London|Tokyo|Frankfurt|Shanghai|"
    r"Shenzhen|Paris|Seoul|Taipei|Mumbai|Sydney|Toronto|Amsterdam|Zurich|Milan|Madrid|Stockholm)(?!\w)",
    re.IGNORECASE,
)
# Whose share it is: "Tencent shares", "Tencent's stock".
_OWNER = re.compile(
    r"(?P<owner>(?:[A-Z][\w&.-]+\s+){0,3}?[A-Z][\w&.-]+)(?:['’]s?)?\s+(?:shares?|stock|ADRs?|share price|stock price)\b"
)
_ANYBODY = re.compile(r"(?:The|Its|Their|Shares?|Stocks?|Class|In|On|Hong Kong|US|U\.S\.|New York|London)\b")
_MINUS = ("-", "−", "–")
_REACH = 60  # characters between the movement and its number
_SAME_WITHIN = 0.005  # percentage points: 3.78 and 3,78 are one


@dataclass(frozen=True, slots=True)
class Move:
    """How far a share moved, as one sentence tells it."""

    percent: float  # below zero for a fall
    value: str  # as written, with what makes it uncertain: "nearly 4.7%"
    where: str  # the market, as written; empty where the sentence names none
    sentence: str


def moves(text: str) -> Iterator[Move]:
    """The movements of shares that a text tells of, in order."""
    if "%" not in text and "per" not in text and "pct" not in text:
        return
    visible = mask(text[:CHARACTERS])
    for start, end in sentences(visible):
        sentence = visible[start:end]
        if _NUMBER.search(sentence) and _SHARES.search(sentence):
            yield from _in(sentence)


def _in(sentence: str) -> Iterator[Move]:
    verbs = list(_MOVES.finditer(sentence))
    for number in _NUMBER.finditer(sentence):
        near = [(_gap(verb, number), verb) for verb in verbs]
        gap, verb = min(near, key=lambda pair: pair[0], default=(_REACH, None))
        signed = number["sign"] in _MINUS
        if verb is None or gap >= _REACH:
            if not signed:
                continue
            verb = None
        between = sentence[min(verb.end(), number.end()) : max(verb.start(), number.start())] if verb else ""
        if _NOT_A_MOVE.search(between) or _NOT_A_MOVE.match(sentence[number.end() : number.end() + 40].lstrip(" ,")):
            continue
        amount = float(number["number"].replace(",", "."))
        down = signed or (verb is not None and bool(verb["fall"]))
        hedge = _HEDGE.search(sentence[: number.start()])
        place = _market(sentence, number)
        written = sentence[hedge.start() if hedge else number.start() : number.end()]
        yield Move(-amount if down else amount, " ".join(written.split()), place, " ".join(sentence.split()))


def _gap(verb: re.Match[str], number: re.Match[str]) -> int:
    return number.start() - verb.end() if verb.end() <= number.start() else (verb.start() - number.end()) * 2


def _market(sentence: str, number: re.Match[str]) -> str:
    """The market nearest to a number: "3.78% lower in the U.S. … up more than 1% in Hong Kong"."""
    found = [(abs(m.start() - number.end()), m["place"]) for m in _WHERE.finditer(sentence)]
    gap, place = min(found, default=(0, ""))
    return place if gap < 2 * _REACH else ""


def figures(members: Sequence[Member], outlets: Outlets) -> tuple[Figure, ...]:
    """Where the articles of a story differ in how far a share moved: each figure once, with who writes it."""
    copies = reposts(members, outlets)
    found: dict[tuple[str | None, bool, int], Figure] = {}
    for place, member in enumerate(members):
        article = member.reading.article
        if place in copies:
            continue  # the same words again
        known = outlets.named(article.outlet) or outlets.at(article.url)
        for text in (article.title, article.text):
            for move in moves(text):
                whose = _whose(move.sentence, member)
                if whose is None:
                    continue
                fall = move.percent < 0
                what = "share-price fall" if fall else "share-price rise"
                key = whose, fall, round(abs(move.percent) / _SAME_WITHIN)
                said = found.get(key)
                figure = Figure(
                    f"{what} in {move.where}" if move.where else what,
                    move.value,
                    article.outlet or (known.name if known else None),
                    article.id,
                    move.percent,
                    whose or None,
                )
                if said is None or (said.article == article.id and len(said.value) < len(move.value)):
                    found[key] = figure  # what is said with care tells more: "nearly 4.7%"
    several = Counter((whose, fall) for whose, fall, _ in found)
    return tuple(figure for (whose, fall, _), figure in found.items() if several[whose, fall] > 1)[:MOST]


def _whose(sentence: str, member: Member) -> str | None:
    """The company whose share it is; empty where that is not clear, None where it is another's than the story's."""
    names = {
        name.casefold(): hit.company_name
        for hit in member.reading.hits
        for name in (hit.company_name, *(span.text for span in hit.spans if span.topic is None))
    }
    lowered = sentence.casefold()
    named = {company for name, company in names.items() if name in lowered}
    owner = _OWNER.search(sentence)
    if owner and not any(name in owner[0].casefold() for name in names) and not _ANYBODY.match(owner["owner"]):
        return None
    if len(named) == 1:
        return named.pop()
    about = {hit.company_name for hit in member.reading.hits if hit.salient}
    return about.pop() if len(about) == 1 and not named else ""


def market_move(members: Sequence[Member]) -> float | None:
    """The greatest fall of a share that any article tells of, in percent (above zero); None where none does.

    Only shares of the companies that the story is about count.
    """
    falls = [
        -move.percent
        for member in members
        for text in (member.reading.article.title, member.reading.article.text)
        for move in moves(text)
        if move.percent < 0 and _whose(move.sentence, member) is not None
    ]
    return max(falls, default=None)
