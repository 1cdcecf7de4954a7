"""The order of things: how an entry becomes articles, hits, a place in a story, a decision, an alert, a message.

    fetch ─▶ articles ─▶ new? ─▶ read ─▶ ┌ still new? ─▶ place ─▶ decide ─▶ alert owed ┐ ─▶ deliver
                                         └──────────── one transaction ────────────────┘

What always holds: fetching, parsing and matching run outside any transaction; everything between "is it new?" and
"an alert is owed" is kept together with the feed's state or not at all; delivery reads what is owed from the store, so
that a crash at any instant loses nothing. A feed that fails concerns nobody else. `now` is an argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from riskbot.errors import FetchError
from riskbot.mind import Mind, read
from riskbot.model import (
    Article,
    Decision,
    DeliveryKind,
    Feed,
    FeedState,
    Level,
    Placement,
    Reading,
    Reason,
    Story,
    Summary,
)
from riskbot.policy.alerting import LONG, channels, concerning, decide, material
from riskbot.policy.calm import hour_of
from riskbot.policy.fulltext import unread as pages_unread
from riskbot.policy.fulltext import wanted, with_page
from riskbot.policy.gathering import gathered
from riskbot.policy.health import examined
from riskbot.policy.holding import calmed
from riskbot.policy.hours import loud
from riskbot.policy.novelty import Novelty, articles, novelty
from riskbot.policy.polling import after_failure, after_success
from riskbot.policy.replying import BROADCAST_EVERY, lists_sources, news_of, to_say
from riskbot.ports import Fetcher, Store, Transaction
from riskbot.stories.clustering import opens_story
from riskbot.stories.keys import keys
from riskbot.stories.placing import Candidate
from riskbot.stories.placing import place as place_among
from riskbot.stories.severity import gravity, risen
from riskbot.stories.sketch import Sketch, sketch
from riskbot.stories.summary import summarise
from riskbot.stories.words import stem, words

FEEDS = "feeds"  # the title under which lines on feeds are gathered
TITLE = 200  # characters that stand for a missing title
_COUNTED = (Reason.SAME_ORIGIN_REPEAT, Reason.COOLDOWN)  # not told by themselves, but part of what is told
SHARED = 2  # words of its title that an article without a hit must share with stories to be looked at more closely


_Grown = dict[tuple[str, str], tuple[int, int]]  # story and channel → its articles before, and now


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Stories as this transaction left them, and what they say: a wave of reposts need not read its story each time."""

    held: dict[str, tuple[Story, Summary]] = field(default_factory=dict)
    grown: _Grown = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PollReport:
    """What came of one poll of one feed."""

    feed: str
    entries: int = 0
    new: int = 0
    edited: int = 0
    hits: int = 0
    told: int = 0  # alerts owed because of it
    failed: FetchError | None = None
    articles: tuple[str, ...] = ()  # ids of what was read of the document, oldest first
    state: FeedState | None = None  # the feed's state after it
    turned: str | None = None  # what is told of the feed, where its health turned
    pages_unread: int = 0  # articles whose page should have been read and was not


# ── one poll ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def poll(
    feed: Feed,
    state: FeedState,
    *,
    fetcher: Fetcher,
    store: Store,
    mind: Mind,
    now: datetime,
    first_poll: bool,
    jitter: float = 0.0,
) -> PollReport:
    """Fetch one feed and keep what it brings.

    `first_poll`: whether the rules for a feed's first poll apply. `jitter` is uniform in [-1, 1].
    """
    try:
        polled = await fetcher.poll(feed, state)
    except FetchError as error:
        failed, line = examined(
            feed, state, after_failure(state, error, feed, mind.policy, now, jitter), mind.policy, now
        )
        await store.write(lambda tx: _finish(tx, failed, line, mind, now))
        return PollReport(feed.name, failed=error, state=failed, turned=line)
    found = articles(polled.entries, feed, now, polled.document.items if polled.document else {})
    known = await store.known(found) if found else {}
    unread = [article for article in found if novelty(article, known.get(article.id)) is not Novelty.KNOWN]
    if feed.full_text and unread:
        pages = await fetcher.pages(feed, wanted(unread))
        unread = [with_page(article, pages) for article in unread]
    readings = [read(article, mind, in_story=article.id in known) for article in unread]
    fresh = [article for article in unread if article.id not in known]
    done, line = examined(
        feed, state, after_success(state, polled, fresh, feed, mind.policy, now, jitter), mind.policy, now
    )

    def work(tx: Transaction) -> PollReport:
        report = keep(tx, readings, mind, now, first_poll=first_poll)
        _finish(tx, done, line, mind, now)
        held = tuple(known[a.id].article if a.id in known else a.id for a in found)
        return replace(
            report,
            feed=feed.name,
            entries=len(polled.entries),
            articles=held,
            state=done,
            turned=line,
            pages_unread=pages_unread(unread),
        )

    return await store.write(work)


def _finish(tx: Transaction, state: FeedState, line: str | None, mind: Mind, now: datetime) -> None:
    held = tx.finish_poll(state)
    if held and line and mind.policy.ops_channel:  # else whoever holds the feed now tells of it
        gather(tx, mind.policy.ops_channel, line, now)


def gather(tx: Transaction, channel: str, line: str, now: datetime) -> None:
    """Owe a line on a feed, together with those of an outage that turns many."""
    stands = tx.gathering(DeliveryKind.NOTICE, channel, FEEDS)
    told = gathered(line, "feeds turned", FEEDS, stands, now)
    if told.into:
        tx.add_body(told.into, told.body, told.due_at)
    else:
        tx.owe(DeliveryKind.NOTICE, channel, told.body, now, due_at=told.due_at)


def keep(tx: Transaction, readings: Sequence[Reading], mind: Mind, now: datetime, *, first_poll: bool) -> PollReport:
    """Within one transaction: keep what is still new, place it, decide, and owe the alerts."""
    new = edited = hits = told = 0
    shelf = _Shelf()
    known = tx.known([reading.article for reading in readings])
    met = _met_keys(tx, readings)
    for reading in readings:
        held = known.get(reading.article.id)
        what = novelty(reading.article, held)
        if what is Novelty.KNOWN:
            continue
        # Before the new version is kept: afterwards the story already says what the edit says.
        story = tx.story_of(reading.article.id) if what is Novelty.EDITED else None
        place = None
        if story or reading.hits or (met and len(_title_keys(reading.article) & met) >= SHARED):
            place = _find(tx, reading, story, mind)
            met |= place.keyed.keys()
            if not (reading.hits or story) and place.placement.story is not None:
                reading = read(reading.article, mind, every=True)  # now that it tells of a story
        tx.add_article(reading, held.version + 1 if held else 1)
        new, edited = new + (what is Novelty.NEW), edited + (what is Novelty.EDITED)
        hits += len(reading.hits)
        if place and (reading.hits or place.placement.story is not None):
            told += _tell(tx, reading, place, shelf, mind, now, first_poll=first_poll)
    for (of, channel), (before, after) in shelf.grown.items():
        if lists_sources(before, after):
            tx.owe(DeliveryKind.REPLY, channel, {"sources": after}, now, story=of)
    return PollReport("", new=new, edited=edited, hits=hits, told=told)


def _met_keys(tx: Transaction, readings: Sequence[Reading]) -> set[str]:
    """Under which words of their titles articles without a hit find any story at all.

    Sketching an article costs more than everything else that is done with most of them.
    """
    asked = [reading.article for reading in readings if not reading.hits and reading.article.at]
    keys = {key for article in asked for key in _title_keys(article)}
    return set(tx.met_keys(keys, [article.at for article in asked if article.at])) if keys else set()


def _title_keys(article: Article) -> set[str]:
    return {f"w:{stem(word)}" for word in words(article.title or article.text[:TITLE])}


def _tell(
    tx: Transaction, reading: Reading, place: _Place, shelf: _Shelf, mind: Mind, now: datetime, *, first_poll: bool
) -> int:
    before, story = _put(tx, reading, place, shelf, mind, now)
    after = summarise(story, mind.outlets) if story else None
    if story and after:
        shelf.held[story.id] = story, after
    told = 0
    spoken = tx.spoken(story.id, now) if story and len(story.members) > LONG else {}
    digests = tx.in_digest(story.id) if story and before else {}
    for channel in channels(reading, story, mind.policy):
        decision = decide(
            reading,
            channel,
            story=story,
            before=before,
            after=after,
            policy=mind.policy,
            now=now,
            first_poll=first_poll,
            spoken=spoken.get(channel),
            digest=digests.get(channel),
        )
        if decision.tell and story and after:
            stands = channel not in digests or tx.thread(story.id, channel).begun
            decision = _calmed(tx, decision, reading, story, material(before, after), mind, now, stands=stands)
        tx.decide(decision, now)
        if decision.tell and story:
            tx.alert(story.id, decision, "update" if channel in story.told else "new", now)
            if channel in story.told:
                say(tx, decision, story, before, mind, now)
            else:
                shelf.held.pop(story.id, None)  # what it is told as stands in the store
            told += 1
        if story and after:
            _note_growth(shelf.grown, decision, story, before.articles if before else 0, after.articles)
    return told


def _note_growth(grown: _Grown, decision: Decision, story: Story, before: int, after: int) -> None:
    """Note from how many articles to how many a story that a channel hears of has grown."""
    known = decision.channel in story.told
    if decision.tell or (known and decision.reason in _COUNTED):
        first, _ = grown.get((story.id, decision.channel), (before if known else 0, after))
        grown[story.id, decision.channel] = first, after


def say(tx: Transaction, decision: Decision, story: Story, before: Summary | None, mind: Mind, now: datetime) -> None:
    """Owe the thread of a story's message what is new in it; what is put off never rings in quiet hours."""
    thread = tx.thread(story.id, decision.channel)
    saying = to_say(news_of(decision, before, now), thread, now, hushed=decision.hushed)
    if saying is None:
        return
    of, due_at = mind.policy.plan.channel(decision.channel), saying.due_at
    if due_at and story.level is Level.CRITICAL:
        # It joins what waits, and that may have been put off to the morning when the story was less grave.
        due_at = min(due_at, now + BROADCAST_EVERY)
    elif due_at:
        due_at = loud(of, due_at)
    if saying.into:
        tx.add_body(saying.into, saying.body, due_at)
    else:
        tx.owe(saying.kind, decision.channel, saying.body, now, due_at=due_at, story=story.id)


def _calmed(
    tx: Transaction,
    decision: Decision,
    reading: Reading,
    story: Story,
    news: str | None,
    mind: Mind,
    now: datetime,
    *,
    stands: bool,
) -> Decision:
    """The decision to tell as silences and the channel's plan leave it; what they hold back is kept."""
    policy, channel = mind.policy, decision.channel
    capped = channel not in story.told and policy.plan.cap(channel)
    done = calmed(
        decision,
        hits=concerning(reading, channel, story, policy),
        story=story,
        article=reading.article,
        material=news,
        plan=policy.plan,
        silences=tx.silences(now),
        told=tx.told_since(channel, hour_of(now)) if capped else 0,
        away=tx.last_away(now),
        now=now,
        stands=stands,
    )
    for silence in done.lifted:
        tx.end_silence(silence.id, f"{news}, in {story.id}", now)
    if done.held:
        tx.hold(done.held)
    elif channel not in story.told or news:
        tx.release(story.id, channel, now)
    return done.decision


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an article belongs, and what it is found by from now on."""

    placement: Placement
    sketch: Sketch
    keyed: Mapping[str, float]
    current: Story | None  # the story of its last version: a new version of an article stays where it is


def _find(tx: Transaction, reading: Reading, current: Story | None, mind: Mind) -> _Place:
    live = tuple(hit for hit in reading.hits if not hit.trial)
    own = sketch(replace(reading, hits=live))
    keyed = keys(own, mind.frequencies)
    if current:
        placement = next(m.placement for m in current.members if m.reading.article.id == reading.article.id)
        return _Place(replace(placement, story=current.id, opens=False), own, keyed, current)
    among = [
        Candidate(n.story, [mind.weigh(each) for each in n.sketches], n.articles, n.barred, n.apart)
        for n in tx.candidates(own, keyed)
    ]
    placement = place_among(mind.weigh(own), among, opens=opens_story(live), quiet_after=mind.policy.quiet_after)
    return _Place(placement, own, keyed, None)


def _put(
    tx: Transaction, reading: Reading, place: _Place, shelf: _Shelf, mind: Mind, now: datetime
) -> tuple[Summary | None, Story | None]:
    """Put the article into its story: what the story said before, and the story as it is now."""
    placement = place.placement
    if placement.story is None:
        if not placement.opens:
            return None, None
        return None, _weigh(tx, tx.open_story(reading, placement, place.sketch, place.keyed), mind)
    known: Story | None
    before: Summary | None
    if placement.story in shelf.held and not place.current:
        known, before = shelf.held[placement.story]
    else:
        known = place.current or tx.story(placement.story)
        before = summarise(known, mind.outlets) if known and known.members else None
    for younger in placement.merges:
        tx.merge_stories(placement.story, younger, by=None, why=placement.why, now=now)
        shelf.held.pop(younger, None)
        for told in [told for told in shelf.grown if told[0] == younger]:
            del shelf.grown[told]
        known = None
    joined = tx.join_story(placement.story, reading, placement, place.sketch, place.keyed, known=known)
    return before, _weigh(tx, joined, mind)


def _weigh(tx: Transaction, story: Story, mind: Mind) -> Story:
    level, score = risen(story, gravity(story, mind.outlets))
    if (level, score) != (story.level, story.score):
        tx.set_story(story.id, level=level, score=score)
    return replace(story, level=level, score=score)


def total(reports: Iterable[PollReport]) -> PollReport:
    """The sum of several polls, under the name of none."""
    result = PollReport("")
    for report in reports:
        result = PollReport(
            "",
            result.entries + report.entries,
            result.new + report.new,
            result.edited + report.edited,
            result.hits + report.hits,
            result.told + report.told,
        )
    return result
