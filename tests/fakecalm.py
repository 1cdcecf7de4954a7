"""What keeps riskbot calm, in memory: silences, what was held back, and that riskbot was away."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from riskbot.errors import StoreError
from riskbot.model.calm import Away, Cause, HeldBack, Silence
from riskbot.policy.calm import AWAY, OUTAGE
from tests.fakeoutbox import fold, leave_out
from tests.faketables import Tables


def every_silence(tables: Tables, now: datetime | None = None) -> list[Silence]:
    """Those that hold now, or all there ever were, with how much each held back."""
    held = [each.silence for each in tables.held.values()]
    found = [replace(each, held=held.count(each.id)) for each in tables.silences.values()]
    return [each for each in found if now is None or each.active(now)]


class FakeCalm:
    """The part of a transaction that concerns them."""

    _t: Tables

    def add_silence(self, silence: Silence) -> str:
        made = f"m{len(self._t.silences) + 1}"
        self._t.silences[made] = replace(silence, id=made, held=0, created_at=silence.created_at or silence.starts)
        return made

    def end_silence(self, silence: str, by: str, now: datetime) -> bool:
        kept = self._silence(silence)
        if kept.over(now) is not None:
            return False
        self._t.silences[silence] = replace(kept, ended_at=now, ended_by=by)
        return True

    def silences(self, now: datetime) -> Sequence[Silence]:
        return [each for each in self._t.silences.values() if each.active(now)]

    def finished_silences(self, now: datetime) -> Sequence[Silence]:
        return [each for each in self._t.silences.values() if each.over(now) and each.id not in self._t.summed]

    def sum_up(self, silence: str, now: datetime) -> None:
        self._t.summed[self._silence(silence).id] = now

    def hold(self, held_back: HeldBack) -> None:
        if held_back.story not in self._t.stories:
            raise StoreError(f"there is no story {held_back.story!r}")
        made = f"h{len(self._t.held) + 1}"
        self._t.held[made] = replace(held_back, id=made)
        if held_back.silence:
            self._t.summed.pop(held_back.silence, None)

    def release(self, story: str, channel: str, now: datetime) -> None:
        for held in self._waiting():
            over = held.silence and self._silence(held.silence).over(now)
            if (held.story, held.channel) == (story, channel) and (over or held.cause is not Cause.SILENCE):
                self._t.settled[held.id] = (now, None)
        leave_out(self._t, story, channel)

    def held_due(self, now: datetime) -> Sequence[HeldBack]:
        return [held for held in self._waiting() if held.due_at and held.due_at <= now]

    def held_by(self, silence: str) -> Sequence[HeldBack]:
        return [held for held in self._waiting() if held.silence == silence]

    def silenced_since(self, channel: str, at: datetime) -> Sequence[HeldBack]:
        return [
            each for each in self._every() if each.channel == channel and each.cause is Cause.SILENCE and each.at >= at
        ]

    def tell_in_digest(self, held_back: Collection[str], delivery: str | None, now: datetime) -> None:
        for id_ in held_back:
            self._t.settled[id_] = (now, delivery)

    def in_digest(self, story: str) -> Mapping[str, datetime]:
        found: dict[str, datetime] = {}
        for held in self._every():
            settled = self._t.settled.get(held.id)
            told = settled[1] is not None if settled else held.cause is not Cause.SILENCE
            at = held.due_at or (settled[0] if settled else None)
            if held.story == story and told and at:
                found[held.channel] = max(at, found.get(held.channel, at))
        return found

    def told_since(self, channel: str, at: datetime) -> int:
        return sum(a.channel == channel and a.kind == "new" and a.at >= at for a in self._t.alerts.values())

    def tick(self, name: str, now: datetime) -> datetime | None:
        before = self._t.ticks.get(name)
        self._t.ticks[name] = max(now, before or now)
        return before

    def fold_backlog(self, before: datetime) -> Mapping[str, Sequence[str]]:
        folded: dict[str, list[str]] = {}
        for each in fold(self._t, before):
            assert each.alert
            assert each.story
            at = each.at or before
            about: dict[str, Any] = {"reason": each.alert.reason, "at": at, "due_at": at + OUTAGE, "title": AWAY}
            self.hold(HeldBack(each.story, each.channel, each.alert.article, Cause.AWAY, **about))
            folded.setdefault(each.channel, []).append(each.story)
        return folded

    def was_away(self, away: Away) -> None:
        self._t.aways[len(self._t.aways)] = away

    def last_away(self, now: datetime) -> Away | None:
        known = [away for away in self._t.aways.values() if away.until <= now]
        return max(known, key=lambda away: away.until, default=None)

    def _silence(self, id_: str) -> Silence:
        if id_ not in self._t.silences:
            raise StoreError(f"there is no silence {id_!r}")
        return self._t.silences[id_]

    def _every(self) -> list[HeldBack]:
        """All that was held back; a merged story is named by the one it is now."""
        merged = {id_: kept.merged.story for id_, kept in self._t.stories.items() if kept.merged}
        return [replace(each, story=merged.get(each.story, each.story)) for each in self._t.held.values()]

    def _waiting(self) -> list[HeldBack]:
        return [each for each in self._every() if each.id not in self._t.settled]
