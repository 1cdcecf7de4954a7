"""What a click or a command does, and what whoever pressed is told.

What always holds: who pressed what and when is kept in the same transaction as what comes of it, and a press that was
kept already does nothing again; nobody takes a story from another; whatever cannot be done is answered with a
sentence. Deliberately absent: Slack, its payloads and its limits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches

from riskbot.errors import InputError
from riskbot.matching.rules import RuleSet
from riskbot.mind import Mind
from riskbot.model import DeliveryKind, Level, Story
from riskbot.model.answers import Answer, AnswerKind
from riskbot.model.calm import Silence
from riskbot.policy.health import span
from riskbot.policy.muting import holding, of_story, same_kind, until
from riskbot.policy.ownership import Outcome, pressed, voices
from riskbot.ports import Store, Transaction
from riskbot.stories.outlets import Outlets
from riskbot.stories.placing import seniority
from riskbot.stories.summary import summarise
from riskbot.usecases.commands import MATERIAL, Mute, lasting, story_id
from riskbot.usecases.explain import names
from riskbot.usecases.silences import doubts
from riskbot.usecases.stories import find, weighed

NOT_AGAIN = "That was noted already."


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody pressed a button or typed a command."""

    user: str  # Slack's id
    user_name: str
    at: datetime  # UTC
    key: str  # one for each press, however often Slack brings it

    def answer(self, kind: AnswerKind, story: str | None, value: str = "") -> Answer:
        """What is kept of it."""
        return Answer(kind, story, self.user, self.user_name, self.at, self.key, value)


@dataclass(frozen=True, slots=True)
class Said:
    """What whoever pressed is told; may quote articles, so all of it is as hostile as they are."""

    text: str
    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()  # a title, and lines under it


def allowed(user: str, users: Collection[str]) -> None:
    """Whether this person may press and command. Raises InputError; without a list everybody may."""
    if users and user not in users:
        raise InputError(
            "you are not among those who may act on riskbot here",
            "ask whoever runs it to add your member ID to RISKBOT_SLACK_USERS",
        )


async def own(store: Store, press: Press, id_: str, mind: Mind | None = None) -> Said:
    """Take a story, or give one's own back. Raises InputError for an unknown story."""
    return await _owned(store, press, await find(store, id_), mind)


async def take(store: Store, press: Press, id_: str, mind: Mind | None = None) -> Said:
    """Take a story, and keep it where it is one's own already. Raises InputError for an unknown story."""
    return await _owned(store, press, await find(store, id_), mind, only="taken")


async def release(store: Store, press: Press, id_: str, mind: Mind | None = None) -> Said:
    """Give a story back that is one's own. Raises InputError for an unknown story."""
    return await _owned(store, press, await find(store, id_), mind, only="given back")


async def _owned(store: Store, press: Press, story: Story, mind: Mind | None, only: Outcome | None = None) -> Said:
    """What a press comes to; `only`: nothing but this is wanted. `mind` knows which headline is the best."""

    def work(tx: Transaction) -> Said:
        owner = tx.owner(story.id)
        outcome = pressed(owner, press.user)
        if owner is None and only == "given back":
            return Said(f"Nobody is on {story.id}.")
        if owner and outcome == "another's":
            tx.answer(press.answer(AnswerKind.TRIED, story.id, owner.user_name))
            return Said(f"{owner.user_name} is on {story.id} since {owner.since:%Y-%m-%d %H:%M} UTC.")
        if owner and outcome == "given back" and only == "taken":
            return Said(f"You are on {story.id} since {owner.since:%Y-%m-%d %H:%M} UTC.")
        kind = AnswerKind.OWN if outcome == "taken" else AnswerKind.RELEASE
        if not tx.answer(press.answer(kind, story.id)):
            return Said(NOT_AGAIN)
        on = f"{press.user_name} is on" if outcome == "taken" else f"{press.user_name} is no longer on"
        headline = summarise(story, mind.outlets if mind else Outlets(())).headline if story.members else ""
        for channel in tx.refresh(story.id, press.at):  # no message can show it there any more
            line = {"text": f"{on} story {story.id} ({story.level.capitalize()}): {headline}", "own": story.id}
            tx.owe(DeliveryKind.NOTICE, channel, line, press.at, key=f"on-{press.key}-{channel}")
        return Said(f"You are on {story.id}." if outcome == "taken" else f"You gave {story.id} back: nobody is on it.")

    return await store.write(work)


async def rate(store: Store, press: Press, id_: str, *, useful: bool) -> Said:
    """Keep that a message was useful or not: one voice for each person and story, the last one.

    Raises InputError for an unknown story.
    """
    story = await find(store, id_)
    kind, words = (AnswerKind.USEFUL, "useful") if useful else (AnswerKind.USELESS, "not useful")
    before = next((each.kind for each in voices(await store.answers(story.id)) if each.user == press.user), None)
    if before is kind:
        return Said(f"You said already that {story.id} was {words}.")
    if not await store.write(lambda tx: tx.answer(press.answer(kind, story.id))):
        return Said(NOT_AGAIN)
    instead = ", instead of what you said before" if before else ""
    return Said(f"Noted: {story.id} was {words}{instead}. Thank you.")


async def unmute(store: Store, press: Press, id_: str) -> Said:
    """End the silences that are about a story alone. Raises InputError for an unknown story."""
    story = await find(store, id_)

    def work(tx: Transaction) -> Said:
        ended = of_story(story.id, tx.silences(press.at), press.at)
        if not ended:
            return Said(f"{story.id} is not muted. `riskbot silences list` shows what else may hold it back.")
        if not tx.answer(press.answer(AnswerKind.UNMUTE, story.id, ", ".join(sorted(each.id for each in ended)))):
            return Said(NOT_AGAIN)
        for each in ended:
            tx.end_silence(each.id, press.user_name, press.at)
        return Said(f"{story.id} is told of again. What was held back meanwhile comes in a summary.")

    return await store.write(work)


async def mute_story(store: Store, press: Press, id_: str, how_long: str) -> Said:
    """Be silent about a story: for `1h`, `1d` … or until something `material`. Raises InputError."""
    lasts = None if how_long == MATERIAL else lasting(how_long)
    return await _silence(store, press, await find(store, id_), Mute("story", id_, lasts, ""))


async def mute(
    store: Store, rules: RuleSet, press: Press, asked: Mute, outlets: Mapping[str, str] | None = None
) -> Said:
    """Be silent about what a command names. Raises InputError where there is no such thing.

    `outlets` are those that rule files name, as `silences.outlet_names` gives them; without them none is doubted.
    """
    if asked.what == "story":
        return await _silence(store, press, await find(store, asked.value), asked)
    known = _named(asked, rules)
    said = await _silence(store, press, None, Mute(asked.what, known, asked.lasts, asked.reason))
    doubted = doubts([known], outlets) if asked.what == "outlet" and outlets is not None else []
    if not doubted or said.text == NOT_AGAIN:
        return said
    return Said(said.text, (("Is it the right one?", tuple(f"{each.said}; {each.mend}" for each in doubted)),))


async def _silence(store: Store, press: Press, story: Story | None, asked: Mute) -> Said:
    value = story.id if story else asked.value
    ends = press.at + asked.lasts if asked.lasts is not None else None
    silence = Silence(
        id="",
        matchers={asked.what: (value,)},
        starts=press.at,
        ends=ends,
        author=press.user_name,
        comment=asked.reason or "from Slack",
        until_material=asked.lasts is None,
    )
    how_long = MATERIAL if asked.lasts is None else span(asked.lasts)

    about = f"{asked.what} {value}" if asked.what != "story" else value

    def work(tx: Transaction) -> Said:
        active = tx.silences(press.at)
        held = holding(silence, active, press.at)
        kept = press.answer(AnswerKind.MUTE, story.id if story else None, f"{asked.what} {value} {how_long}")
        if not tx.answer(kept):
            return Said(NOT_AGAIN)
        if held:
            return Said(f"{about} is muted {until(held)} already, by {held.author}. {_ends(held, story)}")
        id_ = tx.add_silence(silence)
        for shorter in same_kind(silence, active, press.at):
            _take_over(tx, shorter, id_, press)
        if story:
            tx.refresh(story.id, press.at)
        made = f"Silent about {about} {until(silence)} (silence {id_}). It is recorded all the same."
        return Said(f"{made} {_ends(replace(silence, id=id_), story)}")

    return await store.write(work)


def _ends(silence: Silence, story: Story | None) -> str:
    """How a silence is ended."""
    command = f"/riskbot unmute {story.id}" if story else f"riskbot silences end {silence.id}"
    return f"`{command}` ends it."


def _take_over(tx: Transaction, shorter: Silence, by: str, press: Press) -> None:
    """End a silence for one that lasts longer, which will tell in its summary what the shorter one held back."""
    held = tx.held_by(shorter.id)
    for each in held:
        tx.hold(replace(each, silence=by))
    tx.tell_in_digest([each.id for each in held], None, press.at)
    tx.end_silence(shorter.id, f"{press.user_name}, for {by}", press.at)
    tx.sum_up(shorter.id, press.at)


async def same(store: Store, mind: Mind, press: Press, id_: str, other: str) -> Said:
    """Make two stories one. Raises InputError for an unknown story, or one and the same."""
    stories = {story.id for story in (await find(store, id_), await find(store, story_id(other)))}
    if len(stories) == 1:
        raise InputError(f"{id_} and {other} are one story already", "name the other story's id")
    older, younger = sorted(stories, key=seniority)

    def work(tx: Transaction) -> Said:
        if not tx.answer(press.answer(AnswerKind.SAME, older, younger)):
            return Said(NOT_AGAIN)
        why = f"{press.user_name} says in Slack that they are the same"
        weighed(tx, mind, tx.merge_stories(older, younger, by=press.user_name, why=why, now=press.at))
        return Said(f"{younger} is part of {older} now, and its message will say so.")

    return await store.write(work)


def _named(asked: Mute, rules: RuleSet) -> str:
    """The id that a silence matches by. Raises InputError where there is none."""
    wanted = " ".join(asked.value.casefold().split())
    if asked.what == "outlet":
        return asked.value  # known or not: an outlet may publish its first article tomorrow
    known: dict[str, str] = {}  # what it may be called → its id
    if asked.what == "level":
        known = {str(level): str(level) for level in Level}
    elif asked.what == "company":
        known = {name.casefold(): company.id for company in rules.companies for name in names(company)}
    elif asked.what == "topic":
        known = {topic.id.casefold(): topic.id for topic in rules.topics}
    elif asked.what == "rule":
        known = {name.casefold(): rule.id for rule in rules.rules for name in (rule.title, rule.id)}
    if wanted not in known:
        near = get_close_matches(wanted, known, n=1, cutoff=0.6)
        mend = f"did you mean {near[0]}?" if near else "`riskbot rules list` shows what there is"
        raise InputError(f"there is no {asked.what} {asked.value[:60]!r}", mend)
    return known[wanted]
