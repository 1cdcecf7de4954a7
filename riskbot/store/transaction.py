"""The Transaction port: what one write may do, on the session that the store opened for it.

What always holds: nothing here commits; the store does, once, when the whole work is done. Each method is one call
into the file that has its idea. Added articles wait to be written together, but no later than anything else that is
asked, and than `settle`, with which the store ends the work.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from riskbot.model import (
    Alert,
    Article,
    Decision,
    FeedState,
    Known,
    Level,
    Notice,
    Placement,
    Reading,
    RulesState,
    Story,
)
from riskbot.policy.alerting import Spoken
from riskbot.ports import Nominee
from riskbot.store import articles as kept
from riskbot.store import nominees, notices, placing, polling, rearranging, rules_state, telling
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

    def notice(self, channel: str, text: str, now: datetime) -> Notice:
        """Owe one line to the people who run riskbot."""
        return notices.add(self._session, channel, text, now)

    def rules_state(self) -> RulesState | None:
        """The rules last noted to be in force."""
        return rules_state.load(self._session)

    def set_rules_state(self, state: RulesState) -> None:
        """Note which rules are in force."""
        rules_state.put(self._session, state)
