"""The Transaction port: what one write may do, on the session that the store opened for it.

What always holds: nothing here commits; the store does, once, when the whole work is done. Each method is one call
into the file that has its idea. Added articles wait to be written together, but no later than anything else that is
asked, and than `settle`, with which the store ends the work.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import Any, Literal

from sqlmodel import Session

from riskbot.model import (
    Alert,
    Article,
    Decision,
    Delivery,
    DeliveryKind,
    DeliveryState,
    FeedState,
    Known,
    Level,
    Placement,
    Reading,
    RulesState,
    Story,
    Thread,
)
from riskbot.model.answers import Answer, Owner
from riskbot.model.calm import Away, HeldBack, Silence
from riskbot.policy.alerting import Spoken
from riskbot.policy.gathering import Gathering
from riskbot.ports import Nominee
from riskbot.store import (
    answers,
    backlog,
    gathering,
    held,
    nominees,
    outbox,
    placing,
    polling,
    rearranging,
    rules_state,
    silences,
    telling,
    ticks,
)
from riskbot.store import articles as kept
from riskbot.store.stories import load_story
from riskbot.store.values import number_of
from riskbot.stories.sketch import Sketch


class SqlTransaction:
    """One short write transaction. Every method raises StoreError when the database refuses."""

    def __init__(self, session: Session, by: str) -> None:
        self._unsettled = session
        self._articles = kept.Articles(session)
        self._by = by  # the store, as feeds know who took them

    @property
    def _session(self) -> Session:
        self._articles.settle()
        return self._unsettled

    def settle(self) -> None:
        """Write what waits."""
        self._articles.settle()

    def known(self, articles: Sequence[Article]) -> Mapping[str, Known]:
        """Those of the articles that are held, by the id of the one given; found by id, else by `identity`."""
        return self._articles.known(articles)

    def add_article(self, reading: Reading, version: int) -> None:
        """Keep an article (version 1) or its next version."""
        self._articles.add(reading, version)

    def met_keys(self, keys: Iterable[str], times: Collection[datetime]) -> Set[str]:
        """Those of the keys under which any story is found at about these times."""
        return nominees.met_keys(self._unsettled, keys, times)

    def candidates(self, sketch: Sketch, keyed: Mapping[str, float]) -> Sequence[Nominee]:
        """The stories that the article could belong to, the likeliest first."""
        return nominees.candidates(self._unsettled, sketch, keyed)

    def story(self, story: str) -> Story | None:
        """One story, whole."""
        return load_story(self._session, number_of("s", story))

    def story_of(self, article: str) -> Story | None:
        """The story an article belongs to."""
        return placing.story_of(self._session, article)

    def open_story(
        self, reading: Reading, placement: Placement, sketch: Sketch | None = None, keys: Iterable[str] = ()
    ) -> Story:
        """A new story with its first article."""
        return placing.open_story(self._session, reading, placement, sketch, keys)

    def join_story(
        self,
        story: str,
        reading: Reading,
        placement: Placement,
        sketch: Sketch | None = None,
        keys: Iterable[str] = (),
        *,
        known: Story | None = None,
    ) -> Story:
        """The story with the article, or the article's new version, in it."""
        return placing.join_story(self._session, story, reading, placement, sketch, keys, known)

    def merge_stories(self, older: str, younger: str, *, by: str | None, why: str, now: datetime) -> Story:
        """The older story with the articles of the younger."""
        return rearranging.merge_stories(self._session, older, younger, by, why, now)

    def split_story(self, articles: Sequence[str], *, by: str, now: datetime) -> Story:
        """A new story of these articles, which leave theirs for good."""
        return rearranging.split_story(self._session, articles, by, now)

    def set_story(self, story: str, *, level: Level, score: int) -> None:
        """Write what severity made of the story."""
        placing.set_story(self._session, story, level, score)

    def decide(self, decision: Decision, now: datetime) -> None:
        """Keep a decision; before the alert it leads to."""
        telling.decide(self._session, decision, self._articles.version(decision.article), now)

    def alert(self, story: str, decision: Decision, kind: Literal["new", "update"], now: datetime) -> Alert:
        """Keep an alert and owe its delivery."""
        version = self._articles.version(decision.article)
        return telling.alert(self._session, story, decision, version, kind, now)

    def spoken(self, story: str, now: datetime) -> Mapping[str, Spoken]:
        """When each channel last heard of a story."""
        return telling.spoken(self._session, story, now)

    def finish_poll(self, state: FeedState) -> bool:
        """Write a feed's state and give its lease back; nothing, and false, when another has taken it since."""
        return polling.finish_poll(self._session, state, self._by)

    def owe(
        self,
        kind: DeliveryKind,
        channel: str,
        body: Mapping[str, Any],
        now: datetime,
        *,
        due_at: datetime | None = None,
        story: str | None = None,
        key: str | None = None,
    ) -> str:
        """Owe a message that follows from no decision."""
        return outbox.owe(self._session, kind, channel, body, now, due_at=due_at, story=story, key=key)

    def notice(self, channel: str, text: str, now: datetime) -> str:
        """Owe one line to the people who run riskbot."""
        return self.owe(DeliveryKind.NOTICE, channel, {"text": text}, now)

    def gathering(self, kind: DeliveryKind, channel: str, title: str) -> Gathering:
        """What stands of the messages of one kind and title in a channel."""
        return gathering.gathering(self._session, kind, channel, title)

    def thread(self, story: str, channel: str) -> Thread:
        """What a channel was told in the thread of a story."""
        return telling.thread(self._session, story, channel)

    def add_body(self, delivery: str, body: Mapping[str, Any], due_at: datetime | None) -> None:
        """Change what a delivery that nobody has begun says, and when."""
        outbox.add_body(self._session, delivery, body, due_at)

    def set_delivery(self, delivery: Delivery, *, was: DeliveryState | None = None) -> bool:
        """Write where a delivery stands; nothing, and false, when another has taken it since or it is no longer so."""
        return outbox.set_delivery(self._session, delivery, self._by, was=was)

    def freeze(self, story: str, channel: str, why: str) -> bool:
        """Note that a story's message can no longer be edited."""
        return telling.freeze(self._session, story, channel, why)

    def add_silence(self, silence: Silence) -> str:
        """Keep a silence; its id."""
        return silences.add(self._session, silence)

    def end_silence(self, silence: str, by: str, now: datetime) -> bool:
        """End a silence early; false: it is over already."""
        return silences.end(self._session, silence, by, now)

    def silences(self, now: datetime) -> Sequence[Silence]:
        """Those that hold now."""
        return silences.active(self._session, now)

    def finished_silences(self, now: datetime) -> Sequence[Silence]:
        """Those that are over and not summed up."""
        return silences.finished(self._session, now)

    def sum_up(self, silence: str, now: datetime) -> None:
        """Note that a silence that is over was summed up."""
        silences.sum_up(self._session, silence, now)

    def hold(self, held_back: HeldBack) -> None:
        """Keep that a decision to tell waits."""
        held.hold(self._session, held_back)

    def release(self, story: str, channel: str, now: datetime) -> None:
        """A message of the story's own tells the channel now what waited for a digest."""
        held.release(self._session, story, channel, now)

    def held_due(self, now: datetime) -> Sequence[HeldBack]:
        """What waits for a digest that is due."""
        return held.due(self._session, now)

    def held_by(self, silence: str) -> Sequence[HeldBack]:
        """What a silence held back and no summary told yet."""
        return held.of_silence(self._session, silence)

    def silenced_since(self, channel: str, at: datetime) -> Sequence[HeldBack]:
        """What silences held back from a channel since then."""
        return held.since(self._session, channel, at)

    def tell_in_digest(self, held_back: Collection[str], delivery: str | None, now: datetime) -> None:
        """Note which digest tells of what was held back."""
        held.settle(self._session, held_back, delivery, now)

    def in_digest(self, story: str) -> Mapping[str, datetime]:
        """When the digest is or was due that tells each channel of a story."""
        return held.in_digest(self._session, story)

    def told_since(self, channel: str, at: datetime) -> int:
        """How many new stories a channel was told of since then."""
        return held.told_since(self._session, channel, at)

    def fold_backlog(self, before: datetime) -> Mapping[str, Sequence[str]]:
        """Take back and hold first messages that waited too long, by channel."""
        return backlog.fold(self._session, before)

    def tick(self, name: str, now: datetime) -> datetime | None:
        """Note that a tick of the scheduler ran; when it ran before."""
        return ticks.note(self._session, name, now)

    def was_away(self, away: Away) -> None:
        """Note that riskbot was away."""
        held.was_away(self._session, away)

    def last_away(self, now: datetime) -> Away | None:
        """When riskbot was away last."""
        return held.last_away(self._session, now)

    def answer(self, answer: Answer) -> bool:
        """Keep who pressed what; false: it was kept already."""
        return answers.add(self._session, answer)

    def owner(self, story: str) -> Owner | None:
        """Who is on a story."""
        return answers.owners(self._session, [story]).get(story)

    def refresh(self, story: str, now: datetime) -> Sequence[str]:
        """Owe the story's messages an edit at once; the channels where it can no longer be edited."""
        return answers.refresh(self._session, story, now)

    def rules_state(self) -> RulesState | None:
        """The rules last noted to be in force."""
        return rules_state.load(self._session)

    def set_rules_state(self, state: RulesState) -> None:
        """Note which rules are in force."""
        rules_state.put(self._session, state)
