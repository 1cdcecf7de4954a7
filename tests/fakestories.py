"""Stories in the store in memory: placing, finding, merging and splitting them, and what their messages are owed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from typing import Literal

from riskbot.errors import StoreError
from riskbot.model import (
    Alert,
    Decision,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Level,
    Placement,
    Reading,
    Rearranged,
    Reason,
    Story,
)
from riskbot.policy.alerting import Spoken
from riskbot.policy.replying import MATERIAL
from riskbot.policy.resending import IN_DOUBT
from riskbot.ports import Nominee
from riskbot.stories.clustering import opens_story
from riskbot.stories.placing import NEVER_AFTER
from riskbot.stories.severity import Gravity
from riskbot.stories.sketch import Sketch
from tests.fakeoutbox import IN_THREAD, OF_MESSAGE, OPEN, ask_again, in_doubt, waits
from tests.faketables import KeptStory, Tables, time_of

NEVER = NEVER_AFTER.total_seconds() // 3600 + 1  # hours


class FakeStories:
    """The part of one write that is about stories."""

    def __init__(self, tables: Tables) -> None:
        self._t = tables

    def met_keys(self, keys: Iterable[str], times: Collection[datetime]) -> Set[str]:
        held = {key for key, hour, _ in self._t.keys if any(abs(hour - _hour(at)) <= NEVER for at in times)}
        return held & set(keys)

    def candidates(self, sketch: Sketch, keyed: Mapping[str, float]) -> Sequence[Nominee]:
        return self._t.nominees(sketch, keyed)

    def story(self, story: str) -> Story | None:
        return self._t.story(story)

    def story_of(self, article: str) -> Story | None:
        place = self._t.places.get(article)
        return self._t.story(place[0]) if place else None

    def open_story(
        self, reading: Reading, placement: Placement, sketch: Sketch | None = None, keys: Iterable[str] = ()
    ) -> Story:
        at = time_of(reading.article)
        story = f"s{len(self._t.stories) + 1}"
        self._t.stories[story] = KeptStory(opened_at=at, last_at=at)
        return self.join_story(story, reading, placement, sketch, keys)

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
        kept, article, at = self._living(story), reading.article, time_of(reading.article)
        current = self._t.places.get(article.id, (story, placement))[0]
        if current != story:
            raise StoreError(f"the article {article.id!r} belongs to the story {current}, and cannot join {story}")
        self._t.places[article.id] = (story, placement)
        if sketch:
            self._t.sketches[article.id] = sketch
        self._t.keys.update(((key, _hour(at), story), None) for key in keys)
        self._t.stories[story] = replace(kept, opened_at=min(kept.opened_at, at), last_at=max(kept.last_at, at))
        return self._t.story(story) or Story(story, ())

    def merge_stories(self, older: str, younger: str, *, by: str | None, why: str, now: datetime) -> Story:
        kept, gone = self._living(older), self._living(younger)
        if older == younger:
            raise StoreError(f"the story {older} cannot be merged with itself")
        moving = [article for article, (of, _) in self._t.places.items() if of == younger]
        self._move_messages(younger, older, moving[0], now)
        for article in moving:  # at the end, as who joined last
            self._t.places[article] = (older, self._t.places.pop(article)[1])
        for key, hour, story in list(self._t.keys):
            if story == younger:
                del self._t.keys[key, hour, story]
                self._t.keys[key, hour, older] = None
        self._t.splits.pop((older, younger), None)
        self._t.splits.pop((younger, older), None)
        for pair, split in list(self._t.splits.items()):
            named = {younger: older}
            one, other = named.get(split.story, split.story), named.get(split.other, split.other)
            del self._t.splits[pair]
            out = tuple(a for a in split.articles if self._t.places.get(a, ("",))[0] != one)
            self._t.splits[one, other] = replace(split, story=one, other=other, articles=out)
        merged = Rearranged("merged", older, younger, now, by, why)
        for id_, story_ in self._t.stories.items():
            if story_.merged and story_.merged.story == younger:
                self._t.stories[id_] = replace(story_, merged=replace(story_.merged, story=older))
        self._t.stories[younger] = replace(gone, merged=merged)
        self._t.stories[older] = replace(
            kept,
            level=_level_of_both(kept, gone) if by else max(kept.level, gone.level, key=lambda level: level.rank),
            score=max(kept.score, gone.score),
            opened_at=min(kept.opened_at, gone.opened_at),
            last_at=max(kept.last_at, gone.last_at),
        )
        if by is not None:
            for channel in self._told(older):
                self._owe(older, Decision(moving[0], channel, True, Reason.MORE_ARTICLES), "update", now)
        return self._t.story(older) or Story(older, ())

    def split_story(self, articles: Sequence[str], *, by: str, now: datetime) -> Story:
        wanted = set(articles)
        if missing := next((id_ for id_ in articles if id_ not in self._t.places), None):
            raise StoreError(f"the article {missing!r} is in no story")
        found = {self._t.places[article][0] for article in articles}
        if len(found) != 1:
            raise StoreError(
                "articles of one story make another: " + ("these are of two" if found else "none was named")
            )
        of = found.pop()
        moving = [article for article, (story, _) in self._t.places.items() if story == of and article in wanted]
        staying = [article for article, (story, _) in self._t.places.items() if story == of and article not in wanted]
        if not staying:
            raise StoreError(f"the story {of} would be left without an article")
        times = {article: time_of(self._t.versions[article][-1].article) for article in (*moving, *staying)}
        made, why = f"s{len(self._t.stories) + 1}", f"taken out of {of} by {by}"
        own = [times[article] for article in moving]
        self._t.stories[made] = KeptStory(opened_at=min(own), last_at=max(own))
        for article in moving:
            self._t.places[article] = (made, replace(self._t.places.pop(article)[1], why=why))
        hours = {_hour(at) for at in own}
        self._t.keys.update(
            ((key, h, made), None) for key, h, story in list(self._t.keys) if story == of and h in hours
        )
        self._t.splits[of, made] = Rearranged("split", of, made, now, by, "", tuple(moving))
        left = [times[article] for article in staying]
        self._t.stories[of] = replace(self._t.stories[of], opened_at=min(left), last_at=max(left))
        for channel in self._told(of):
            self._owe(of, Decision(moving[0], channel, True, Reason.MORE_ARTICLES), "update", now)
        for gone, each in self._t.stories.items():
            if each.merged and each.merged.story == of:
                for channel in self._told(gone):
                    self._point(gone, channel, moving[0], now)
        self._tell_anew(of, made, moving, now)
        return self._t.story(made) or Story(made, ())

    def spoken(self, story: str, now: datetime) -> Mapping[str, Spoken]:
        said: dict[str, Spoken] = {}
        for delivery in self._t.deliveries.values():
            if delivery.alert and delivery.alert.story == story:
                before = said.get(delivery.alert.channel, Spoken(delivery.alert.at))
                waits = delivery.state is DeliveryState.OWED and delivery.due_at is not None and delivery.due_at > now
                until = [at for at in (before.waits_until, delivery.due_at if waits else None) if at]
                said[delivery.alert.channel] = Spoken(max(before.at, delivery.alert.at), max(until, default=None))
        return said

    def _move_messages(self, of: str, into: str, about: str, now: datetime) -> None:
        both = self._told(into)
        for channel in self._told(of):
            if channel not in both:
                for id_, alert in list(self._t.alerts.items()):
                    if (alert.story, alert.channel) == (of, channel):
                        self._t.alerts[id_] = replace(alert, story=into)
                for id_, delivery in list(self._t.deliveries.items()):
                    if (delivery.story, delivery.channel) == (of, channel):
                        alert = self._t.alerts[delivery.alert.id] if delivery.alert else None
                        self._t.deliveries[id_] = replace(delivery, alert=alert, story=into)
                if (of, channel) in self._t.messages:
                    self._t.messages[into, channel] = self._t.messages.pop((of, channel))
                continue
            self._withdraw(of, channel, OF_MESSAGE)
            if not self._point(of, channel, about, now):
                self._withdraw(of, channel, IN_THREAD)

    def _point(self, of: str, channel: str, about: str, now: datetime) -> bool:
        """Owe a swallowed story's message an edit; false: none stands, nor is on its way."""
        mine = [d for d in self._t.deliveries.values() if (d.story, d.channel) == (of, channel)]
        begun = any(d.state in OPEN and d.kind in OF_MESSAGE for d in mine)
        if begun or (of, channel) in self._t.messages:
            self._owe(of, Decision(about, channel, True, Reason.MORE_ARTICLES), "update", now)
            return True
        return False

    def _tell_anew(self, of: str, made: str, articles: Sequence[str], now: datetime) -> None:
        """The channels that know a story are told of what people took out of it."""
        counting = [a for a in articles if opens_story(self._t.versions[a][-1].hits)]
        digests: Mapping[str, datetime] = self.in_digest(of)  # type: ignore[attr-defined]
        known = [*self._told(of), *sorted(channel for channel, at in digests.items() if at <= now)]
        for channel in dict.fromkeys(known) if counting else ():
            key = (counting[0], len(self._t.versions[counting[0]]), channel)
            before, why = self._t.decisions.get(key), f"people took it out of {of}"
            if before:
                was = f"{before.reason}: {before.why}" if before.why else before.reason.value
                told = "told" if before.tell else "quiet"
                why += f"; before, at {self._t.decided_at[key]:%Y-%m-%d %H:%M} UTC: {told}, {was}"
            self._t.decisions[key] = Decision(counting[0], channel, True, Reason.NEW_STORY, why)
            self._t.decided_at[key] = now
            owed = self._owe(made, self._t.decisions[key], "new", now)
            # How long an article took was how long it took the first time.
            self._t.told_in[owed.id] = 0 if before else key[1]

    def _withdraw(self, story: str, channel: str, kinds: tuple[DeliveryKind, ...]) -> None:
        for each in list(self._t.deliveries.values()):
            waits = each.state is DeliveryState.OWED and each.id not in self._t.leases
            if (each.story, each.channel) == (story, channel) and waits and each.kind in kinds:
                self._t.deliveries[each.id] = replace(each, state=DeliveryState.REPLACED)

    def _told(self, story: str) -> list[str]:
        return [a.channel for a in self._t.alerts.values() if a.story == story and a.kind == "new"]

    def _living(self, story: str) -> KeptStory:
        kept = self._kept(story)
        if kept.merged:
            raise StoreError(f"the story {story} was merged into {kept.merged.story}")
        return kept

    def _owe(self, story: str, decision: Decision, kind: Literal["new", "update"], now: datetime) -> Alert:
        number, article, channel = len(self._t.deliveries) + 1, decision.article, decision.channel
        made = Alert(f"a{len(self._t.alerts) + 1}", story, channel, kind, decision.reason, article, now)
        first = None if kind == "new" else self._first_message(story, channel)
        if first is DeliveryState.PARKED and decision.reason in MATERIAL and not decision.hushed:
            ask_again(self._t, story, channel)
        carried = kind == "update" and self._replace_waiting(story, channel)
        dropped = first is DeliveryState.DROPPED
        told_anew = first is None and self._news_of_digest(story, decision)
        if told_anew:
            self.release(story, channel, now)  # type: ignore[attr-defined]
        posted = kind == "new" or told_anew or (dropped and decision.reason in MATERIAL)
        nowhere = not posted and (dropped or first is None)
        state = DeliveryState.REPLACED if carried or nowhere else DeliveryState.OWED
        self._t.alerts[made.id] = made
        self._t.deliveries[f"d{number}"] = Delivery(
            f"d{number}",
            DeliveryKind.POST if posted else DeliveryKind.EDIT,
            channel,
            key=f"{number:032x}",
            state=state,
            due_at=decision.due_at,
            alert=made,
            body={IN_DOUBT: True} if dropped and posted and in_doubt(self._t, story, channel) else {},
            story=story,
            at=now,
        )
        return made

    def _news_of_digest(self, story: str, decision: Decision) -> bool:
        if decision.hushed or decision.reason in (Reason.MORE_ARTICLES, Reason.HEADLINE_EDITED):
            return False
        return decision.reason in MATERIAL or not waits(self._t, story, decision.channel)

    def _first_message(self, story: str, channel: str) -> DeliveryState | None:
        if (story, channel) in self._t.messages:
            return DeliveryState.SENT
        posts = [d for d in self._t.deliveries.values() if d.kind is DeliveryKind.POST and d.story == story]
        left = [d.state for d in posts if d.channel == channel and d.state is not DeliveryState.REPLACED]
        return left[-1] if left else None

    def _replace_waiting(self, story: str, channel: str) -> bool:
        """Replace the updates nobody has begun; true when the first message itself still waits like that."""
        new_waits = False
        for delivery in list(self._t.deliveries.values()):
            begun = delivery.id in self._t.leases
            place = (delivery.story, delivery.channel)
            if place != (story, channel) or delivery.state is not DeliveryState.OWED or begun:
                continue
            if delivery.kind is DeliveryKind.POST:
                new_waits = True
            elif delivery.kind is DeliveryKind.EDIT:
                self._t.deliveries[delivery.id] = replace(delivery, state=DeliveryState.REPLACED)
        return new_waits

    def _kept(self, story: str) -> KeptStory:
        if story not in self._t.stories:
            raise StoreError(f"there is no story {story!r}")
        return self._t.stories[story]


def _hour(at: datetime) -> int:
    return int(at.timestamp() // 3600)


def _level_of_both(one: KeptStory, other: KeptStory) -> Level:
    """The level of the graver; of two equally grave the higher, unless people lowered it."""
    if one.score != other.score:
        return one.level if one.score > other.score else other.level
    low, high = sorted((one.level, other.level), key=lambda level: level.rank)
    amounts = Gravity(one.score, ()).level
    return low if low.rank < amounts.rank <= high.rank else high
