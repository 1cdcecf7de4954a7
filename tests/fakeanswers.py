"""What people answered, in memory: the part of the Store port that concerns answers and owners."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from riskbot.errors import StoreError
from riskbot.model import DeliveryKind, DeliveryState, Level, Reason
from riskbot.model.answers import Answer, AnswerKind, Owner, Waiting
from riskbot.policy.heartbeat import Activity
from riskbot.policy.ownership import owner_of
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

    def refresh(self, story: str, now: datetime) -> None:
        for channel in sorted({a.channel for a in self._t.alerts.values() if a.story == story and a.kind == "new"}):
            carried = False
            for id_, each in list(self._t.deliveries.items()):
                untouched = each.state is DeliveryState.OWED and id_ not in self._t.leases
                if (each.story, each.channel) == (story, channel) and untouched:
                    carried = carried or each.kind is DeliveryKind.POST
                    if each.kind is DeliveryKind.EDIT:
                        self._t.deliveries[id_] = replace(each, state=DeliveryState.REPLACED)
            if not carried and self._shown(story, channel):
                self.owe(DeliveryKind.EDIT, channel, {}, now, story=story)  # type: ignore[attr-defined]

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

    async def waiting(self, levels: Collection[Level], since: datetime, until: datetime) -> Sequence[Waiting]:
        told: dict[tuple[str, str], datetime] = {}
        for alert in self._t.alerts.values():
            if alert.kind == "new" or alert.reason is Reason.LEVEL_RAISED:
                place = (alert.story, alert.channel)
                told[place] = max(alert.at, told.get(place, alert.at))
        found = []
        for (story, channel), at in sorted(told.items(), key=lambda each: (int(each[0][0][1:]), each[0][1])):
            kept = self._t.stories[story]
            reminded = any(
                each.kind is AnswerKind.REMINDED and (each.story, each.value) == (story, channel)
                for each in self._t.answers.values()
            )
            stands = (story, channel) in self._t.messages and kept.merged is None and kept.level in levels
            if stands and since <= at <= until and not reminded and owner(self._t, story) is None:
                found.append(Waiting(story, channel, kept.level, at))
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
        published = [(firsts[each.alert.article].published, each.tried_at) for each in sent if each.alert]
        return Activity(
            articles=len(read),
            hits=sum(len(self._t.versions[id_][-1].hits) for id_ in read),
            stories=sum(article in read for article in opened.values()),
            told=len(sent),
            lags=tuple(told - at for at, told in published if at and told),
        )
