"""What people answered, in memory: the part of the Store port that concerns answers and owners."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from riskbot.errors import StoreError
from riskbot.model import DeliveryKind, DeliveryState, Level
from riskbot.model.answers import Answer, AnswerKind, Owner, Waiting
from riskbot.policy.heartbeat import Activity
from riskbot.policy.ownership import owner_of, reminded
from riskbot.ports import Silenceable
from tests.faketables import Tables


def every(tables: Tables, story: str | None) -> list[Answer]:
    swallowed = {id_ for id_, kept in tables.stories.items() if kept.merged and kept.merged.story == story}
    return [each for each in tables.answers.values() if story is None or each.story in {story, *swallowed}]


def owner(tables: Tables, story: str) -> Owner | None:
    return owner_of(story, every(tables, story))


class FakeAnswering:
    """What a transaction does with answers."""

    _t: Tables

    def answer(self, answer: Answer) -> bool:
        if answer.key in self._t.answers:
            return False
        if answer.story is not None and answer.story not in self._t.stories:
            raise StoreError(f"there is no story {answer.story!r}")
        self._t.answers[answer.key] = answer
        return True

    def owner(self, story: str) -> Owner | None:
        return owner(self._t, story)

    def refresh(self, story: str, now: datetime) -> Sequence[str]:
        for swallowed in [id_ for id_, kept in self._t.stories.items() if kept.merged and kept.merged.story == story]:
            self.refresh(swallowed, now)
        frozen = []
        for channel in sorted({a.channel for a in self._t.alerts.values() if a.story == story and a.kind == "new"}):
            if (story, channel) in self._t.frozen:
                frozen.append(channel)
                continue
            carried = False
            for id_, each in list(self._t.deliveries.items()):
                untouched = each.state is DeliveryState.OWED and id_ not in self._t.leases
                if (each.story, each.channel) == (story, channel) and untouched:
                    carried = carried or each.kind is DeliveryKind.POST
                    if each.kind is DeliveryKind.EDIT:
                        self._t.deliveries[id_] = replace(each, state=DeliveryState.REPLACED)
            if not carried and self._shown(story, channel):
                self.owe(DeliveryKind.EDIT, channel, {}, now, story=story)  # type: ignore[attr-defined]
        return frozen

    def _shown(self, story: str, channel: str) -> bool:
        begun = any(
            each.state in (DeliveryState.SENDING, DeliveryState.PARKED)
            or (each.state is DeliveryState.OWED and id_ in self._t.leases)
            for id_, each in self._t.deliveries.items()
            if (each.story, each.channel, each.kind) == (story, channel, DeliveryKind.POST)
        )
        return begun or (story, channel) in self._t.messages


class FakeAnswered:
    """What a store tells of answers."""

    @property
    def _t(self) -> Tables:
        raise NotImplementedError

    async def owner(self, story: str) -> Owner | None:
        return owner(self._t, story)

    async def owners(self, stories: Collection[str]) -> Mapping[str, Owner]:
        return {story: found for story in stories if (found := owner(self._t, story))}

    async def answers(self, story: str | None = None) -> Sequence[Answer]:
        return every(self._t, story)

    async def settled(self, deliveries: Collection[str]) -> Mapping[str, Answer]:
        decided: dict[str, Answer] = {}
        for each in self._t.answers.values():
            if each.kind in (AnswerKind.RESEND, AnswerKind.DROP):
                decided |= {id_: each for id_ in each.value.split(", ") if id_ in deliveries}
        return decided

    async def silenceable(self, stories: Collection[str]) -> Mapping[str, Silenceable]:
        found: dict[str, Silenceable] = {}
        for story in map(self._t.story, stories):
            if story and story.members:
                hits = [hit for member in story.members for hit in member.reading.hits if not hit.trial]
                bare = tuple(
                    replace(hit, spans=(), sentence="", salient=True, prominent=True, rules_hash="") for hit in hits
                )
                found[story.id] = Silenceable(bare, story.members[-1].reading.article.outlet)
        return found

    async def waiting(self, levels: Collection[Level], since: datetime, until: datetime) -> Sequence[Waiting]:
        told: dict[tuple[str, str], list[datetime]] = {}
        lately: set[str] = set()
        for each in self._t.deliveries.values():
            if each.state is not DeliveryState.SENT or each.tried_at is None:
                continue
            of_story = each.kind in (DeliveryKind.POST, DeliveryKind.EDIT, DeliveryKind.BROADCAST)
            if each.story and of_story:
                told.setdefault((each.story, each.channel), []).append(each.tried_at)
                lately |= {each.story} if each.tried_at >= since else set()
            elif each.kind is DeliveryKind.DIGEST and each.tried_at >= since:
                for id_ in each.body.get("stories", ()):
                    merged = self._t.stories[id_].merged
                    told.setdefault((merged.story if merged else id_, each.channel), []).append(each.tried_at)
                    lately.add(merged.story if merged else id_)
        found, known = [], {story for (story, _), times in told.items() if min(times) <= until}
        for (story, channel), times in sorted(told.items(), key=lambda each: (int(each[0][0][1:]), each[0][1])):
            kept = self._t.stories[story]
            ranks = [reminded(a.value).rank for a in every(self._t, story) if a.kind is AnswerKind.REMINDED]
            open_ = story in lately and kept.merged is None and kept.level in levels and story in known
            if open_ and max(ranks, default=-1) < kept.level.rank and owner(self._t, story) is None:
                stands = (story, channel) in self._t.messages
                found.append(Waiting(story, channel, kept.level, tuple(sorted(times)), stands))
        return found

    async def activity(self, since: datetime, until: datetime) -> Activity:
        firsts = {id_: versions[0].article for id_, versions in self._t.versions.items()}
        read = {id_ for id_, first in firsts.items() if first.seen and since <= first.seen < until}
        sent = [
            each
            for each in self._t.deliveries.values()
            if each.state is DeliveryState.SENT and each.tried_at and since <= each.tried_at < until
        ]
        opened: dict[str, str] = {}
        for article, (story, _) in self._t.places.items():
            opened.setdefault(story, article)
        times: dict[str, datetime] = {}  # when each article was first told, by its own message
        for each in sent:
            if each.alert and each.tried_at and self._t.told_in.get(each.alert.id) == 1:
                article = each.alert.article
                times[article] = min(each.tried_at, times.get(article, each.tried_at))
        published = [(firsts[article].published, told) for article, told in times.items()]
        return Activity(
            articles=len(read),
            hits=sum(len(self._t.versions[id_][-1].hits) for id_ in read),
            stories=sum(article in read for article in opened.values()),
            told=len(sent),
            lags=tuple(told - at for at, told in published if at),
        )
