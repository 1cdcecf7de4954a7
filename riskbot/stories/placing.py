"""Which of the candidate stories an article belongs to.

What always holds: the placing is decided by the article, the candidates and the snapshot alone, whatever order the
candidates come in, so that it can be repeated exactly; of two stories that fit equally the older is joined; what
people took apart stays apart; the reason is kept in words. An article without a hit may join, and never opens.

Method: one pass in order of arrival (T. Brants et al., "A system for new event detection", SIGIR 2003). The likeness
with a story is the average over those of its articles that are nearest in time, a quarter of it the most alike; time
counts half from the nearest and half from all, and less for a story of one article. A story that went quiet is joined
only by what is nearly certain, an old one never. An article that meets no rule joins only where it shares a name: other
companies' news is told in the same words.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from riskbot.model import Placement
from riskbot.stories.nations import differ
from riskbot.stories.similarity import Likeness, Weighed, chance, likeness, shared_words

JOIN_FROM = 0.5  # how likely it must be that article and story are of one event
WITHOUT_HIT_FROM = 0.65  # the same for an article that meets no rule: only its words speak for it
QUIET_FROM = 0.75  # the same for a story that went quiet
NEVER_AFTER = timedelta(days=30)  # a story is history: whatever is like it is a new one
NEAREST_ONLY = 8  # articles of a long story that are compared, those nearest in time
MOST_ALIKE = 0.25  # the part of the likeness that the most alike article makes
LONELY = 0.8  # what time counts for a story of one article, of which nobody knows yet how long it will be told
BRIDGES_FROM = 0.7  # how likely a second story must be, for an article to bridge two
MERGES_FROM = 0.55  # and how likely it must be that their own articles, as they stand now, are of one event


@dataclass(frozen=True, slots=True)
class Candidate:
    """A story that an article could belong to."""

    story: str  # its id; of two stories the one with the smaller number is the older
    members: Sequence[Weighed]  # its articles; of a long story those nearest in time to the article are enough
    articles: int = 0  # how many it has in all, where `members` are fewer
    barred: Collection[str] = ()  # ids of articles that people took out of it: none of them comes back
    apart: Collection[str] = ()  # ids of stories that people keep apart from it: it is never merged with them


def place(
    own: Weighed,
    candidates: Sequence[Candidate],
    *,
    opens: bool,
    quiet_after: timedelta,
) -> Placement:
    """Where an article belongs. `opens`: whether it may open a story of its own, if none of these is its own."""
    needed = JOIN_FROM if opens or own.sketch.hit else WITHOUT_HIT_FROM
    fits = sorted(
        (fit for candidate in candidates if (fit := _fit(own, candidate, needed, quiet_after)) is not None),
        key=lambda fit: (-fit.odds, seniority(fit.candidate.story)),
    )
    joined = next((fit for fit in fits if fit.chance >= fit.needed and not fit.of_others), None)
    if joined:
        similarity, why = round(joined.chance, 3), _why(own, joined)
        one = [joined]
        for fit in fits:
            if fit is not joined and all(_bridged(each, fit) for each in one):
                one.append(fit)
        oldest, *younger = sorted((fit.candidate.story for fit in one), key=seniority)
        if younger:
            why = f"{why}; it shows {', '.join(younger)} to be {oldest}"
        return Placement(oldest, False, similarity, why, tuple(younger))
    nearest = f"; the nearest story is {_near_miss(fits[0])}" if fits else ""
    why = "no live story is like it"
    if not opens:
        quiet = "only a possibility outside title and lead" if own.sketch.hit else "it meets no rule"
        why = f"{quiet}, and {why}"
    return Placement(None, opens, round(fits[0].chance, 3) if fits else 0.0, why + nearest)


def seniority(story: str) -> tuple[int, str]:
    """What puts stories in order of age: the number in their id."""
    digits = "".join(filter(str.isdecimal, story))
    return (int(digits) if digits else 0, story)


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well an article fits a story."""

    candidate: Candidate
    odds: float
    alike: int  # articles that it is like, each by itself
    closest: Weighed  # the article most like it
    needed: float
    of_others: bool  # the article meets no rule and names somebody, but nobody of whom the story speaks

    @property
    def chance(self) -> float:
        return chance(self.odds)


def _fit(own: Weighed, candidate: Candidate, needed: float, quiet_after: timedelta) -> _Fit | None:
    """How well it fits; None where it cannot be: taken out by people, another company's, or of another age."""
    if own.sketch.article in candidate.barred or not candidate.members:
        return None
    members = nearest(own, candidate.members)
    away = _away(own, members)
    if away is not None and away > NEVER_AFTER:
        return None
    compared = [(likeness(own, member), member) for member in members]
    # Notices by form are the same text but for the name: only what is word for word the same is one story all the same.
    if _of_another_company(own, candidate.members) and not any(own.prints == member.prints for member in members):
        return None
    odds = average([found for found, _ in compared], candidate.articles or len(candidate.members))
    _, closest = max(compared, key=lambda pair: (pair[0].content + pair[0].time, pair[1].sketch.article))
    alike = sum(found.content + found.time >= 0 for found, _ in compared)
    quiet = away is not None and away > quiet_after
    of_others = not own.sketch.hit and _names_others(own, members)
    return _Fit(candidate, odds, alike, closest, max(needed, QUIET_FROM) if quiet else needed, of_others)


def nearest(own: Weighed, members: Sequence[Weighed], most: int = NEAREST_ONLY) -> list[Weighed]:
    """The articles nearest in time to this one; of equally near ones the first by id."""

    def far(member: Weighed) -> tuple[float, str]:
        unknown = own.hours is None or member.hours is None
        return (0.0 if unknown else abs((own.hours or 0.0) - (member.hours or 0.0)), member.sketch.article)

    return sorted(members, key=far)[:most]


def _away(own: Weighed, members: Sequence[Weighed]) -> timedelta | None:
    """How far the article is from the nearest of a story; None where a time is not known."""
    if own.hours is None:
        return None
    hours = [abs(own.hours - member.hours) for member in members if member.hours is not None]
    return timedelta(hours=min(hours)) if hours else None


def _of_another_company(own: Weighed, members: Sequence[Weighed]) -> bool:
    theirs = {company for member in members for company in member.sketch.companies}
    return bool(own.sketch.companies and theirs) and theirs.isdisjoint(own.sketch.companies)


def _names_others(own: Weighed, members: Sequence[Weighed]) -> bool:
    """Whether an article names somebody, and nobody of whom these articles speak."""
    return bool(own.names) and all(member.names and own.names.keys().isdisjoint(member.names) for member in members)


def average(found: Sequence[Likeness], articles: int) -> float:
    """The log-odds that an article belongs to a story of so many articles, of its likeness with some of them.

    The same text in the story settles what the article says, whatever else the story has come to hold.
    """
    contents = [each.content for each in found]
    times = [each.time for each in found]
    content = (1 - MOST_ALIKE) * sum(contents) / len(contents) + MOST_ALIKE * max(contents)
    if any(each.same_text for each in found):
        content = max(contents)
    time = (sum(times) / len(times) + max(times)) / 2
    return content + time * (LONELY if articles == 1 else 1.0)


def _bridged(joined: _Fit, other: _Fit) -> bool:
    """Whether the article shows two stories to be one: it is like both, and they would be one by now without it.

    Never what people keep apart; nor stories of which one went quiet or in which different states act, for two waves
    of one thing, and one ban by two governments, are told in the same words.
    """
    one, two = joined.candidate, other.candidate
    if one.story in two.apart or two.story in one.apart:
        return False
    if any(differ(a.sketch.deeds.actor, b.sketch.deeds.actor) for a in one.members for b in two.members):
        return False
    if other.of_others:
        return False
    if max(other.needed, joined.needed) >= QUIET_FROM or other.chance < BRIDGES_FROM or joined.chance < BRIDGES_FROM:
        return False
    pairs = [[likeness(a, b) for b in nearest(a, two.members)] for a in nearest(joined.closest, one.members)]
    odds = sum(average(row, two.articles or len(two.members)) for row in pairs) / len(pairs)
    return chance(odds) >= MERGES_FROM


def _near_miss(fit: _Fit) -> str:
    strange = fit.of_others and fit.chance >= fit.needed
    needed = "but it names nobody of whom that speaks" if strange else f"{fit.needed:.2f} needed"
    return f"{fit.candidate.story} at {fit.chance:.2f}, {needed}; frequencies {fit.closest.snapshot}"


def _why(own: Weighed, fit: _Fit) -> str:
    members = min(len(fit.candidate.members), NEAREST_ONLY)
    known = {c for member in fit.candidate.members for c in member.sketch.companies}
    company = "same company; " if known & set(own.sketch.companies) else ""
    words = ", ".join(shared_words(own, fit.closest)) or "nothing"
    return (
        f"{fit.chance:.2f} with {fit.alike} of {members} articles; {company}shared: {words}; frequencies {own.snapshot}"
    )
