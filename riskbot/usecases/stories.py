"""What people ask of stories: which there are, what stands in one and why, and that two are one or one is two.

What always holds: listing puts the gravest first, of equals the one that moved last; a story that was merged leads to
the one it was merged into; whatever names no story is answered with the nearest id there is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches

from riskbot.errors import InputError
from riskbot.matching.rules import RuleSet
from riskbot.mind import Mind
from riskbot.model import Alert, Decision, Level, Member, Rearranged, Reason, Story, Summary
from riskbot.model.answers import Answer, AnswerKind, Owner
from riskbot.pipeline import say
from riskbot.policy.calm import quiet
from riskbot.ports import Store, Transaction
from riskbot.stories.life import Life, life
from riskbot.stories.placing import seniority
from riskbot.stories.severity import Gravity, certainty, gravity, risen
from riskbot.stories.summary import summarise
from riskbot.usecases.explain import names
from riskbot.usecases.forms import Form, alert_form, claim_form, figure_form, story_form

MISSPELT = 3  # letters too many or too few, in a name that is misspelt
_NO_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Listed:
    """A story as a list shows it."""

    story: Story
    summary: Summary
    life: Life
    last: datetime | None  # its latest article's own time


@dataclass(frozen=True, slots=True)
class Shown:
    """A story with everything that was decided about it."""

    listed: Listed
    decisions: Sequence[tuple[Decision, datetime]]  # oldest first
    alerts: Sequence[Alert]
    rearranged: Sequence[Rearranged]  # what was merged into it and taken out of it
    answers: Sequence[Answer] = ()  # what people answered to its messages or decided about it, oldest first
    owner: Owner | None = None  # who is on it
    amounts: Gravity | None = None  # to what its articles amount now, in parts


def listed(story: Story, mind: Mind, now: datetime) -> Listed:
    """A story with how it stands in time."""
    times = [member.reading.article.at for member in story.members]
    last = max((time for time in times if time is not None), default=None)
    return Listed(story, summarise(story, mind.outlets), life(times, now, mind.policy.quiet_after), last)


async def list_stories(
    store: Store, mind: Mind, now: datetime, *, everything: bool = False, company: str = ""
) -> list[Listed]:
    """The stories, gravest first; those that are past only where everything is asked for.

    `company` is any part of what a company is called that one of the articles has a hit for. Raises InputError where
    nothing goes by it, neither in the rules nor in any story.
    """
    wanted = _folded(company)
    called = _called(wanted, mind.matcher.rules)
    found = [
        listed(story, mind, now)
        for story in await store.stories()
        if not wanted
        or any(
            hit.company in called or wanted in hit.company.casefold() or wanted in hit.company_name.casefold()
            for member in story.members
            for hit in member.reading.hits
        )
    ]
    if not found:
        no_story(mind, company)
    return sorted(
        found if everything else living(found),
        key=lambda each: (
            -each.story.level.rank,
            -each.story.score,
            -(each.last or _NO_TIME).timestamp(),
            seniority(each.story.id),
        ),
    )


def living(found: Sequence[Listed]) -> list[Listed]:
    """Those that are not past."""
    return [each for each in found if each.life is not Life.PAST]


def no_story(mind: Mind, company: str) -> None:
    """There is no story of a company: raises InputError where no rule watches one that goes by this word either."""
    wanted = _folded(company)
    rules = mind.matcher.rules
    if not wanted or _called(wanted, rules):
        return
    # Of about the same length: comparing with every name of a long list would take seconds.
    near = {
        name.casefold(): name
        for each in rules.companies
        for name in names(each)
        if abs(len(name) - len(wanted)) <= MISSPELT
    }
    meant = get_close_matches(wanted, near, n=1, cutoff=0.6)
    mend = f"did you mean {near[meant[0]]!r}?" if meant else "`riskbot rules list companies` shows every company"
    raise InputError(f"no company goes by {company!r}, and no story tells of one", mend)


def _folded(word: str) -> str:
    return " ".join(word.casefold().split())


def _called(wanted: str, rules: RuleSet) -> frozenset[str]:
    """Ids of the companies of which any name has this word in it."""
    return frozenset(each.id for each in rules.companies if any(wanted in name.casefold() for name in names(each)))


async def show_story(store: Store, mind: Mind, id_: str, now: datetime) -> Shown:
    """One story; of one that was merged, the one it is now. Raises InputError when there is none of that id."""
    story = await find(store, id_)
    return Shown(
        listed(story, mind, now),
        await store.decided(story.id),
        [alert for alert in await store.alerts() if alert.story == story.id],
        await store.rearranged(story.id),
        await store.answers(story.id),
        await store.owner(story.id),
        gravity(story, mind.outlets),
    )


async def find(store: Store, id_: str) -> Story:
    """The living story of this id, or the one it was merged into. Raises InputError when there is none."""
    story = await store.story(id_)
    if story and story.merged_into:
        story = await store.story(story.merged_into)
    if story is None:
        known = [each.id for each in await store.stories()]
        near = _nearest(id_, known)
        raise InputError(
            f"there is no story {id_!r}",
            f"did you mean {near}?" if near else "`riskbot stories list --all` shows which there are",
        )
    return story


async def merge(store: Store, mind: Mind, one: str, other: str, *, by: str, why: str, now: datetime) -> Story:
    """The older of two stories with everything of the younger. Raises InputError for one and the same, or for none."""
    stories = {story.id: story for story in (await find(store, one), await find(store, other))}
    if len(stories) == 1:
        raise InputError(f"{one} and {other} are one story already", "`riskbot stories list` shows which there are")
    older, younger = sorted(stories, key=seniority)

    def work(tx: Transaction) -> Story:
        merged = weighed(tx, mind, tx.merge_stories(older, younger, by=by, why=why, now=now))
        _tell_raised(tx, mind, merged, (stories[older], stories[younger]), now)
        return merged

    return await store.write(work)


def _tell_raised(tx: Transaction, mind: Mind, merged: Story, of: tuple[Story, Story], now: datetime) -> None:
    """Say the raised level where only a lesser story was known; its edited message alone would ring no bell."""
    known = {channel for story in of if story.level.rank >= merged.level.rank for channel in story.told}
    for lesser, other in (of, of[::-1]):
        for channel in sorted(lesser.told.keys() - known):
            known.add(channel)
            hushed = quiet(mind.policy.plan.channel(channel), merged.level, now) is not None
            why = f"{lesser.level} → {merged.level}: one story with {other.id} now"
            article = other.members[0].reading.article.id
            decision = Decision(article, channel, True, Reason.LEVEL_RAISED, why, hushed=hushed)
            say(tx, decision, merged, summarise(lesser, mind.outlets), mind, now)


async def split(store: Store, mind: Mind, id_: str, articles: Collection[str], *, by: str, now: datetime) -> Story:
    """A new story of these articles of a story; out of one that people lowered comes none that is graver.

    Raises InputError when they are not in it, or are all it has.
    """
    story = await find(store, id_)
    held = [member.reading.article.id for member in story.members]
    whole = [_article(given, held, story.id) for given in dict.fromkeys(articles)]
    if len(set(whole)) == len(held):
        raise InputError(f"{story.id} has no other article: there is nothing to split", "name fewer of its articles")

    def work(tx: Transaction) -> Story:
        made = tx.split_story(whole, by=by, now=now)
        left = tx.story(story.id) or story
        return _no_graver(tx, mind, made, left) if lowered(left) else weighed(tx, mind, made)

    return await store.write(work)


async def lower(store: Store, mind: Mind, id_: str, level: Level, *, by: str, why: str, now: datetime) -> Story:
    """The story with a lower level, which stays until something graver comes than its articles tell of now.

    Raises InputError when there is no such story, or its level is not above this one.
    """
    story = await find(store, id_)
    if level.rank >= story.level.rank:
        raise InputError(
            f"{story.id} is {story.level}: it cannot be lowered to {level}",
            "a level rises by itself, with what is told",
        )
    said = f"from {story.level} to {level}" + (f": {why}" if why else "")

    def work(tx: Transaction) -> Story:
        # What it amounts to now is what was judged: the score stays, and only a higher one raises the level again.
        score = max(story.score, gravity(story, mind.outlets).score)
        tx.answer(Answer(AnswerKind.LOWERED, story.id, by, by, now, f"lowered {story.id} {now.isoformat()}", said))
        tx.set_story(story.id, level=level, score=score)
        tx.refresh(story.id, now)
        return tx.story(story.id) or story

    return await store.write(work)


def weighed(tx: Transaction, mind: Mind, story: Story) -> Story:
    """The story with its gravity written; a level rises by itself and never falls by itself."""
    level, score = risen(story, gravity(story, mind.outlets))
    tx.set_story(story.id, level=level, score=score)
    return tx.story(story.id) or story


def lowered(story: Story) -> bool:
    """Whether people hold the story's level below what its score amounts to."""
    return story.level.rank < Gravity(story.score, ()).level.rank


def _no_graver(tx: Transaction, mind: Mind, made: Story, left: Story) -> Story:
    """The story taken out of a lowered one, weighed: its articles were among those that people judged, so nothing but
    what is graver than all of them raises its level."""
    own = gravity(made, mind.outlets)
    tx.set_story(
        made.id,
        level=min(own.level, left.level, key=lambda level: level.rank),
        score=max(own.score, left.score),
    )
    return tx.story(made.id) or made


def _article(given: str, held: Sequence[str], story: str) -> str:
    """The article whose id this is, or begins like this and no other's does."""
    found = [id_ for id_ in held if id_ == given] or [id_ for id_ in held if given and id_.startswith(given)]
    if len(found) == 1:
        return found[0]
    if found:
        raise InputError(f"{given!r} begins the ids of {len(found)} articles of {story}", "write more of the id")
    near = _nearest(given, held)
    mend = f"did you mean {near}?" if near else f"`riskbot stories show {story}` shows its articles"
    raise InputError(f"{story} has no article {given!r}", mend)


def _nearest(word: str, known: Sequence[str]) -> str | None:
    return next(iter(get_close_matches(word.casefold(), known, n=1, cutoff=0.5)), None)


# ── as JSON ──────────────────────────────────────────────────────────────────────────────────────────────────────


def listed_form(each: Listed) -> Form:
    """A story as `replay` writes it, with how it stands in time."""
    return story_form(each.summary, each.story) | {"life": str(each.life), "last": _time(each.last)}


def shown_form(shown: Shown) -> Form:
    """A story with its articles, its claims and every decision."""
    form = listed_form(shown.listed)
    sure = certainty(shown.listed.summary)
    return form | {
        "gravity": [{"why": why, "points": points} for why, points in (shown.amounts.parts if shown.amounts else ())],
        "certainty": {"degree": sure.degree, "why": sure.why},
        "figures": [figure_form(each) for each in shown.listed.summary.figures],
        "articles": [_member_form(member) for member in shown.listed.story.members],
        "claims": [
            claim_form(claim) | {"article": claim.article, "at": _time(claim.at)}
            for claim in shown.listed.summary.claims
        ],
        "decisions": [
            {
                "article": decision.article,
                "channel": decision.channel,
                "tell": decision.tell,
                "reason": str(decision.reason),
                "why": decision.why,
                "at": _time(at),
            }
            for decision, at in shown.decisions
        ],
        "alerts": [alert_form(alert) for alert in shown.alerts],
        "rearranged": [rearranged_form(each) for each in shown.rearranged],
        "owner": shown.owner.user_name if shown.owner else None,
        "answers": [
            {"kind": str(each.kind), "by": each.user_name, "at": _time(each.at), "value": each.value}
            for each in shown.answers
        ],
    }


def rearranged_form(each: Rearranged) -> Form:
    """That two stories turned out to be one, or one to be two."""
    return {
        "kind": each.kind,
        "story": each.story,
        "other": each.other,
        "by": each.by,
        "why": each.why,
        "at": _time(each.at),
        "articles": list(each.articles),
    }


def _member_form(member: Member) -> Form:
    article = member.reading.article
    return {
        "id": article.id,
        "title": article.title,
        "outlet": article.outlet,
        "origin": member.reading.origin,
        "published": _time(article.published),
        "url": article.url,
        "similarity": member.placement.similarity,
        "why": member.placement.why,
    }


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
