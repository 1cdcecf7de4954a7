"""What the core needs from outside, and nothing more. The edges implement these; tests have fakes of the same shape.

Asynchronous where the other side may be slow, plain inside a transaction: a transaction is short, runs on the
store's one writer thread, and must never wait for a network.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol, TypeVar

from riskbot.errors import FetchError
from riskbot.model import (
    Alert,
    Article,
    Decision,
    Entry,
    Feed,
    FeedState,
    Hit,
    Known,
    Level,
    Placement,
    Reading,
    Rearranged,
    RulesState,
    Story,
)
from riskbot.model import Document as Document  # a fetcher finds the values it returns in one place
from riskbot.model.answers import Answer, Owner, Waiting
from riskbot.model.calm import Away, HeldBack, Silence
from riskbot.outbox import Notifier as Notifier  # the ports are found in one place
from riskbot.outbox import Outbox, Owing
from riskbot.outbox import Sent as Sent
from riskbot.policy.alerting import Spoken
from riskbot.policy.heartbeat import Activity
from riskbot.policy.overdue import Waits
from riskbot.stories.frequencies import Frequencies
from riskbot.stories.sketch import Sketch

T = TypeVar("T")


# ── fetching ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Polled:
    """What one poll of a feed brought."""

    outcome: Literal["entries", "unchanged"]
    entries: tuple[Entry, ...] = ()  # those not read before, or all of them where the document was parsed whole
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    document: Document | None = None  # None: not parsed
    moved: str | None = None  # where permanent redirects led; None: nowhere else than asked
    max_age: timedelta | None = None  # how long the answer calls itself fresh (Cache-Control)


class Fetcher(Protocol):
    async def poll(self, feed: Feed, state: FeedState) -> Polled:
        """Fetch and parse one feed. Raises FetchError with a named reason."""

    async def pages(self, feed: Feed, urls: Sequence[str]) -> Mapping[str, str | FetchError]:
        """The text of these articles' pages, by address, or why it cannot be had. Takes its time, by design."""


class ReplayFeed(Protocol):
    """A feed on loopback that carries the articles released so far."""

    def feed(self) -> Feed:
        """The feed as the poller takes it."""

    def release(self, article: Article) -> None:
        """Put one more article into the feed."""


# ── the store ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Nominee:
    """A story that an article could belong to, as far as that is needed to decide it."""

    story: str  # its id
    sketches: Sequence[Sketch]  # of its articles, of a long story those nearest in time
    articles: int  # how many it has in all
    barred: Set[str] = frozenset()  # ids of articles that people took out of it
    apart: Set[str] = frozenset()  # ids of stories that people keep apart from it


class Transaction(Owing, Protocol):
    """One short write transaction. Everything in it is kept together or not at all."""

    def known(self, articles: Sequence[Article]) -> Mapping[str, Known]:
        """The articles of these that are already held, by the id of the one given; found by id, else by `identity`."""

    def add_article(self, reading: Reading, version: int) -> None:
        """Keep an article (version 1) or a new version of it, with its hits and claims."""

    def met_keys(self, keys: Iterable[str], times: Collection[datetime]) -> Set[str]:
        """Those of the keys under which any story is found at about these times: a cheap look for many articles."""

    def candidates(self, sketch: Sketch, keyed: Mapping[str, float]) -> Sequence[Nominee]:
        """The stories that an article could belong to, the likeliest first; `keyed`: its keys, the weightiest first."""

    def story(self, story: str) -> Story | None:
        """One story, whole."""

    def story_of(self, article: str) -> Story | None:
        """The story an article belongs to, or None."""

    def open_story(
        self, reading: Reading, placement: Placement, sketch: Sketch | None = None, keys: Iterable[str] = ()
    ) -> Story:
        """A new story with its first article. The caller sets its level through `set_story`.

        `keys` are those under which it is found. Without a sketch the article is sketched when its story is met.
        """

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
        """The story with the article (or the article's new version) in it.

        `known`: the story as this transaction left it, which saves reading all of it again.
        """

    def merge_stories(self, older: str, younger: str, *, by: str | None, why: str, now: datetime) -> Story:
        """The older story with everything of the younger, which from now on only points to it. No new alert.

        `by` is who decided it, None riskbot itself. The younger's message is owed an edit in a channel that was told
        of both; where only the younger was told, its message becomes the older's.
        """

    def split_story(self, articles: Sequence[str], *, by: str, now: datetime) -> Story:
        """A new story of these articles, which leave theirs and never come back; the two are never merged by riskbot.

        The caller sets its level through `set_story`. Messages that tell of the story they leave are owed an edit, and
        channels that know it a first message of the new one, unless nothing in it counts.
        """

    def set_story(self, story: str, *, level: Level, score: int) -> None:
        """Write what severity made of the story."""

    def decide(self, decision: Decision, now: datetime) -> None:
        """Keep a decision with its reason."""

    def alert(self, story: str, decision: Decision, kind: Literal["new", "update"], now: datetime) -> Alert:
        """Keep an alert and owe its delivery; an update replaces updates of the same story and channel still owed."""

    def spoken(self, story: str, now: datetime) -> Mapping[str, Spoken]:
        """When each channel last heard of a story, and whether an edit that was put off still waits."""

    def finish_poll(self, state: FeedState) -> bool:
        """Write a feed's state and give its lease back; false: another has taken it since, and nothing was written."""

    def add_silence(self, silence: Silence) -> str:
        """Keep a silence (its `id` is not looked at); its id."""

    def end_silence(self, silence: str, by: str, now: datetime) -> bool:
        """End a silence early; false: it is over already. Raises StoreError when there is none of that id."""

    def silences(self, now: datetime) -> Sequence[Silence]:
        """Those that hold now, oldest first; how much they held back is not counted."""

    def finished_silences(self, now: datetime) -> Sequence[Silence]:
        """Those that are over and not summed up."""

    def sum_up(self, silence: str, now: datetime) -> None:
        """Note that a silence that is over was summed up."""

    def hold(self, held_back: HeldBack) -> None:
        """Keep that a decision to tell waits for its digest or for the end of its silence."""

    def release(self, story: str, channel: str, now: datetime) -> None:
        """A message of the story's own tells the channel now what waited for a digest, and what silences that are over
        by now held back and no summary told yet. A digest that was owed and stands nowhere leaves the story out."""

    def held_due(self, now: datetime) -> Sequence[HeldBack]:
        """What waits for a digest that is due, oldest first; a merged story is named by the one it is now."""

    def held_by(self, silence: str) -> Sequence[HeldBack]:
        """What a silence held back and no summary told yet, oldest first."""

    def silenced_since(self, channel: str, at: datetime) -> Sequence[HeldBack]:
        """What silences held back from a channel since then, oldest first."""

    def tell_in_digest(self, held_back: Collection[str], delivery: str | None, now: datetime) -> None:
        """Note which digest tells of what was held back; None: something else that waits will tell of it."""

    def in_digest(self, story: str) -> Mapping[str, datetime]:
        """When the digest is or was due that tells each channel of a story."""

    def told_since(self, channel: str, at: datetime) -> int:
        """How many new stories a channel was told of since then, in messages of their own."""

    def fold_backlog(self, before: datetime) -> Mapping[str, Sequence[str]]:
        """Take back first messages of low and medium stories that were owed before then and that stand nowhere: nobody
        has begun them, or Slack took nothing of what was tried. Only where the channel was told of nothing in the hour
        after they came to be owed. What is taken back is held (`Cause.AWAY`, `at` when it was owed) for a digest
        that has been due since the end of that hour; the stories, by channel."""

    def tick(self, name: str, now: datetime) -> datetime | None:
        """Note that a tick of the scheduler ran; when it ran before, if ever."""

    def was_away(self, away: Away) -> None:
        """Note that riskbot was away."""

    def last_away(self, now: datetime) -> Away | None:
        """When riskbot was away last, as known at this time."""

    def answer(self, answer: Answer) -> bool:
        """Keep who pressed what; false: it was kept already, by its key."""

    def owner(self, story: str) -> Owner | None:
        """As in the store."""

    def refresh(self, story: str, now: datetime) -> Sequence[str]:
        """Owe the story's messages an edit that shows how it stands now, at once; it carries edits that wait.

        The channels whose message can no longer be edited, and so is owed none.
        """

    def rules_state(self) -> RulesState | None:
        """The rules last noted to be in force, or None when riskbot has not run on this database."""

    def set_rules_state(self, state: RulesState) -> None:
        """Note which rules are in force, and what became of the last edit."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the store holds; for status and for tests that nothing doubled."""

    articles: int = 0
    hits: int = 0
    stories: int = 0
    alerts: int = 0
    owed: int = 0  # messages, notices among them
    parked: int = 0  # likewise
    waits: Waits | None = None  # the message that waits the longest; None: none waits
    feeds: Mapping[str, FeedState] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delay:
    """The times of one article that was told."""

    published: datetime | None  # the publisher's claim
    seen: datetime  # when riskbot read it
    told: datetime  # when the message was posted or edited


@dataclass(frozen=True, slots=True)
class Pulse:
    """How it goes, as far as a sign of life depends on it: little, because it is asked every minute."""

    waits: Waits | None  # the message that waits the longest; None: none waits
    feeds: Mapping[str, FeedState]  # those that are not paused, by name


@dataclass(frozen=True, slots=True)
class Silenceable:
    """What silences can mean of a story besides its id and level, without the rest of it."""

    hits: Sequence[Hit]  # of the latest versions, those on trial left out; without their evidence
    outlet: str | None  # of the article that joined it last


class Store(Outbox, Protocol):
    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` in one write transaction on the writer thread; any exception undoes all of it."""

    async def known(self, articles: Sequence[Article]) -> Mapping[str, Known]:
        """As in a transaction, but only reading: what need not be matched again."""

    async def sync_feeds(self, feeds: Iterable[Feed], now: datetime, *, edited: Collection[str] = ()) -> None:
        """Make the stored feeds those of the rule files: new ones due at once, absent ones paused.

        `edited` names feeds that are to be polled anew at once, because their description changed.
        """

    async def keep_feed(self, feed: Feed) -> FeedState:
        """The state of a feed that is polled by hand (a replay), kept from now on but never due by itself."""

    async def claim_feeds(
        self, now: datetime, lease: timedelta, limit: int, *, due_only: bool = True
    ) -> Sequence[tuple[str, FeedState]]:
        """Take a lease on feeds that are due (or on all), atomically; nobody else gets them until it ends.

        A feed that is gone for good is never due; asked for all, it is among them.
        """

    async def renew_feeds(self, feeds: Collection[str], until: datetime) -> None:
        """Hold these feeds longer: they are still being worked on."""

    async def owner(self, story: str) -> Owner | None:
        """Who is on a story, or on one that it swallowed; None: nobody."""

    async def owners(self, stories: Collection[str]) -> Mapping[str, Owner]:
        """As `owner`, of several: those that nobody is on are absent."""

    async def answers(self, story: str | None = None) -> Sequence[Answer]:
        """What people answered to a story and to what it swallowed, or to all of them, oldest first."""

    async def waiting(self, levels: Collection[Level], since: datetime, until: datetime) -> Sequence[Waiting]:
        """Stories of these levels that were told since `since`, somewhere before `until`, that nobody is on, and of
        whose level, or a graver one, nobody was reminded; one for each channel that was told, by story and channel."""

    async def listed(self, story: str, channel: str) -> int:
        """Of how many articles the thread of a story's message lists the sources, or will as soon as it can; 0: it has
        no list."""

    async def activity(self, since: datetime, until: datetime) -> Activity:
        """What happened from `since` to `until`."""

    async def rules_state(self) -> RulesState | None:
        """As in a transaction."""

    async def silences(self, now: datetime | None = None) -> Sequence[Silence]:
        """Those that hold now, or all there ever were, oldest first, with how much each held back."""

    async def readings(self, articles: Sequence[str]) -> Mapping[str, tuple[Reading, str | None]]:
        """What is kept of these articles (latest version), by id, each with the story it belongs to."""

    async def story(self, story: str) -> Story | None:
        """One story, whole; of one that was merged, only what it was merged into."""

    async def rearranged(self, story: str) -> Sequence[Rearranged]:
        """What was merged into a story or taken out of it, and what became of it itself, oldest first.

        Raises StoreError when there is no such story.
        """

    async def decided(self, of: str) -> Sequence[tuple[Decision, datetime]]:
        """What came of an article, or of every article of a story, and when, oldest first; `of` is the id of either."""

    async def frequencies(self, id_: str | None = None) -> Frequencies | None:
        """The snapshot of word frequencies of this id; without one, the latest; None when there is none."""

    async def keep_frequencies(self, snapshot: Frequencies, now: datetime) -> None:
        """Keep a snapshot for good. Raises StoreError when another has its id."""

    async def texts(
        self, since: datetime, until: datetime, most: int, after: str = ""
    ) -> Sequence[tuple[str, str, str]]:
        """Id, title and text (first version) of articles first seen from `since` to before `until`, by id.

        At most so many, the first of those whose ids come after `after`.
        """

    async def stories(self) -> Sequence[Story]:
        """Every story that was not merged into another, oldest first."""

    async def alerts(self) -> Sequence[Alert]:
        """Every alert, oldest first."""

    async def delays(self, most: int = 1000) -> Sequence[Delay]:
        """How long the latest told articles took, newest first."""

    async def tick(self, name: str, now: datetime) -> None:
        """Note that a tick of the scheduler ran."""

    async def ticks(self) -> Mapping[str, datetime]:
        """When each tick last ran."""

    async def silenceable(self, stories: Collection[str]) -> Mapping[str, Silenceable]:
        """What silences can mean of these stories; those without articles are absent."""

    async def pulse(self) -> Pulse:
        """What a sign of life depends on."""

    async def counts(self) -> Counts:
        """How much is held."""

    async def close(self) -> None:
        """Give the connections back."""
