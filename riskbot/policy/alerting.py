"""When people are told of an article, and why.

What always holds: an article ends in exactly one decision for each channel concerned; a story has at most one `new`
alert for a channel, everything after it is an update; what stays quiet is recorded with its reason all the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from riskbot.model import Claim, Decision, Hit, Level, Reading, Reason, Standing, Story, Summary
from riskbot.model.calm import Plan
from riskbot.policy.routing import routed
from riskbot.stories.clustering import counts


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings that decide when people are told."""

    channel: str = "alerts"  # where a rule without a channel of its own tells
    only_channel: str | None = None  # a replay posts here and nowhere else, whatever the rules say
    first_poll_window: timedelta = timedelta(hours=24)
    too_old_after: timedelta = timedelta(hours=72)
    quiet_after: timedelta = timedelta(hours=72)  # a story without an article for so long takes no more
    min_interval: timedelta = timedelta(seconds=60)  # no feed is polled more often, unless its rule file says so
    max_interval: timedelta = timedelta(minutes=15)  # nor less often
    stale_after: timedelta = timedelta(days=30)  # a feed whose newest entry is older is unhealthy
    plan: Plan = field(default_factory=Plan)  # which channel hears what, and when
    cooldown: timedelta = timedelta(minutes=10)  # between two edits of a long story's message that only count articles
    ops_channel: str | None = None  # where the people who run riskbot are told of feeds; None: nowhere

    def channel_of(self, hit: Hit, level: Level) -> str:
        """Where a hit in a story of this level is told."""
        if self.only_channel:
            return self.only_channel.removeprefix("#")
        return routed(hit, level, self.plan, self.channel)


@dataclass(frozen=True, slots=True)
class Spoken:
    """When a channel last heard of a story."""

    at: datetime  # the last decision to tell
    waits_until: datetime | None = None  # an edit that was put off and will carry whatever comes until then


LONG = 10  # articles of a story from which on counting one more can wait
SHOWN = 5  # sources that a message links: a copy beyond them changes nothing that anybody sees
LESSER = frozenset({Reason.MORE_ARTICLES, Reason.HEADLINE_EDITED})  # no reason to tell again what a digest told

_FIRST_TIMES = (
    (Standing.RETRACTED, Reason.RETRACTED),
    (Standing.OFFICIAL, Reason.OFFICIAL_ACTION),
    (Standing.CONFIRMED, Reason.CONFIRMED),
    (Standing.DENIED, Reason.DENIED),
)


def channels(reading: Reading, story: Story | None, policy: Policy) -> list[str]:
    """The channels an article concerns: those of its rules, and those of its story, told of it or not."""
    readings = [reading, *(member.reading for member in story.members)] if story else [reading]
    hits = [hit for each in readings for hit in each.hits if not hit.trial]
    of_rules = [policy.channel_of(hit, story.level if story else hit.level) for hit in hits]
    told = list(story.told) if story else []
    return list(dict.fromkeys([*of_rules, *told]))


def concerning(reading: Reading, channel: str, story: Story, policy: Policy) -> list[Hit]:
    """The hits for which a channel is told: the article's own there, or where it has none, those of its story."""

    def of(hits: tuple[Hit, ...]) -> list[Hit]:
        return [hit for hit in hits if not hit.trial and policy.channel_of(hit, story.level) == channel]

    return of(reading.hits) or [hit for member in story.members for hit in of(member.reading.hits)]


def decide(
    reading: Reading,
    channel: str,
    *,
    story: Story | None,
    before: Summary | None,
    after: Summary | None,
    policy: Policy,
    now: datetime,
    first_poll: bool,
    spoken: Spoken | None = None,
    digest: datetime | None = None,
) -> Decision:
    """The decision for one channel; `story` is the article's, `before` and `after` what it says without and with it.

    `digest`: when the digest was or is due that tells the channel of the story.
    """

    def decision(tell: bool, reason: Reason, why: str, due_at: datetime | None = None) -> Decision:
        return Decision(reading.article.id, channel, tell, reason, why, due_at)

    if story is None or after is None:
        return decision(False, Reason.ONLY_POSSIBLE, "it speaks of a possibility only, outside title and lead")
    if channel not in story.told and digest and before:
        reason, why = _news(before, after)
        if reason in LESSER:
            return decision(False, Reason.TOLD_IN_DIGEST, f"the digest of {digest:%Y-%m-%d %H:%M} UTC; {why}")
        return decision(True, reason, why)
    if channel not in story.told:
        raised = before is not None and after.level.rank > before.level.rank
        return decision(*_first(reading, channel, story, policy, now, first_poll=first_poll, raised=raised))
    if before is None:
        return decision(True, Reason.MORE_ARTICLES, f"story {story.id} has {_articles(after)}")
    reason, why = _news(before, after)
    if reason is not Reason.MORE_ARTICLES or after.articles == before.articles:
        return decision(True, reason, why)
    copied = next((each.repost_of for each in after.sources if each.article == reading.article.id), None)
    if copied and before.articles >= SHOWN:
        return decision(False, Reason.SAME_ORIGIN_REPEAT, f"it repeats {copied} word for word; {why}")
    if spoken is None or after.articles <= LONG or now >= spoken.at + policy.cooldown:
        return decision(True, reason, why)
    if spoken.waits_until:
        return decision(False, Reason.COOLDOWN, f"the edit due at {spoken.waits_until:%H:%M} UTC will count it; {why}")
    due = spoken.at + policy.cooldown
    return decision(True, reason, f"{why}; put off until {due:%H:%M} UTC", due)


def material(before: Summary | None, after: Summary) -> str | None:
    """What is material in the news, in words: the first denial, confirmation, official act or retraction of a story,
    or its level raised; None: nothing is."""
    if before is None:
        return None
    first = [
        standing for standing, _ in _FIRST_TIMES if standing in after.standings and standing not in before.standings
    ]
    if first:
        return f"first {first[0]}"
    return f"level raised to {after.level}" if after.level.rank > before.level.rank else None


def _first(
    reading: Reading,
    channel: str,
    story: Story,
    policy: Policy,
    now: datetime,
    *,
    first_poll: bool,
    raised: bool,
) -> tuple[bool, Reason, str]:
    """Whether a channel that has not heard of the story is told of it because of this article.

    `raised`: the article raises the story's level, and with it perhaps the channels that are to hear of it: then the
    story's own hits speak for it.
    """
    published = reading.article.published
    own = [hit for hit in reading.hits if policy.channel_of(hit, story.level) == channel]
    if raised and not any(counts(hit) for hit in own):
        own = concerning(reading, channel, story, policy)
    if not any(counts(hit) for hit in own):
        spoken = "it speaks of a possibility only" if own else "it meets no rule by itself"
        return False, Reason.ONLY_POSSIBLE, f"for this channel {spoken}"
    if first_poll and (published is None or now - published > policy.first_poll_window):
        age = "it has no date" if published is None else f"it is {_age(now - published)} old"
        return False, Reason.FIRST_POLL, f"found by the first poll of its feed, and {age}"
    if published is not None and now - published > policy.too_old_after:
        return False, Reason.TOO_OLD, f"published {_age(now - published)} before it was seen"
    least = policy.plan.channel(channel).min_level
    if story.level.rank < least.rank:
        return False, Reason.BELOW_LEVEL, f"story {story.id} is {story.level}, and this channel is told from {least} on"
    return True, Reason.NEW_STORY, f"the first article of story {story.id} for this channel"


def _news(before: Summary, after: Summary) -> tuple[Reason, str]:
    """The weightiest thing that an article adds to its story."""
    for standing, reason in _FIRST_TIMES:
        if standing in after.standings and standing not in before.standings:
            claim = next(c for c in after.claims if c.status is standing)
            return reason, f"first {standing} in the story, by {claim.speaker or 'someone not named'}"
    deniers = [claim.speaker for claim in _denials(after) if claim.speaker not in {c.speaker for c in _denials(before)}]
    if deniers:
        return Reason.DENIED, f"also denied by {', '.join(name or 'someone not named' for name in deniers)}"
    if after.level.rank > before.level.rank:
        return Reason.LEVEL_RAISED, f"level raised from {before.level} to {after.level}"
    topics = [topic for topic in after.topics if topic not in before.topics]
    if topics:
        return Reason.NEW_TOPIC, f"new topic: {', '.join(topics)}"
    origins = [origin for origin in after.origins if origin not in before.origins]
    if origins:
        return Reason.NEW_ORIGIN, f"new origin: {', '.join(origins)}"
    if after.articles == before.articles and after.headline != before.headline:
        return Reason.HEADLINE_EDITED, f"headline was: {before.headline}"
    if after.articles == before.articles:
        return Reason.MORE_ARTICLES, f"an article was edited; still {_articles(after)}"
    return Reason.MORE_ARTICLES, f"now {_articles(after)}"


def _denials(summary: Summary) -> list[Claim]:
    return [claim for claim in summary.claims if claim.status is Standing.DENIED]


def _articles(summary: Summary) -> str:
    return f"{summary.articles} article{'s' * (summary.articles != 1)}"


def _age(span: timedelta) -> str:
    hours = span / timedelta(hours=1)
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"
