"""The judgement on a crash run: what stands in Slack, held against the plan and against what the outbox believes.

What always holds: what is missing or said twice is counted from Slack's side, by the keys that messages carried; how
many articles a story has and how it stands comes from the plan. A message that the bot itself marked as one that may
repeat, or left for a person because nobody could look, counts apart, and must be explained by refused history.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.crashplan import Plan
from riskbot.policy.replying import SAID
from tests.slackserver import Message

if TYPE_CHECKING:
    from bench.crash import Run

Row = dict[str, Any]
_OPEN = "state IN ('owed', 'sending')"
_IN_THREAD = ("reply", "broadcast")
_A_MOMENT = timedelta(seconds=2)  # a decision so soon after its post may have been carried by it
_HEADERS = {"denied": "denied", "confirmed": "confirmed", "official": "official"}


@dataclass
class Verdict:
    """What came of a run; each list names what broke a promise."""

    figures: dict[str, Any] = field(default_factory=dict)  # in words, in order
    told_kinds: set[str] = field(default_factory=set)  # kinds of deliveries that were sent
    missing: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)  # messages whose last state does not stand, or went backwards
    unexplained: list[str] = field(default_factory=list)  # may repeat or unsure, though history was never refused
    stuck: list[str] = field(default_factory=list)  # still owed, parked or unread at the end
    misdeeds: list[str] = field(default_factory=list)  # what a bot must never do
    defects: list[str] = field(default_factory=list)  # what Slack refused as unfit, bots that died by themselves

    @property
    def broken(self) -> dict[str, list[str]]:
        names = ("missing", "twice", "stale", "unexplained", "stuck", "misdeeds", "defects")
        return {name: found for name in names if (found := getattr(self, name))}

    @property
    def kept(self) -> bool:
        """Whether every promise was kept."""
        return not self.broken

    def table(self) -> str:
        lines = [f"{name:<62}{figure:>8}" for name, figure in self.figures.items()]
        for name, found in self.broken.items():
            lines += [f"\n{name.upper()} ({len(found)})", *(f"  {each}" for each in found[:20])]
        return "\n".join(lines)


def rows(database: Path, sql: str) -> list[Row]:
    """What the database says."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(sql)]
    finally:
        connection.close()


def open_deliveries(database: Path) -> int:
    """How many messages are still to be sent."""
    return int(rows(database, f"SELECT count(*) AS n FROM delivery WHERE {_OPEN}")[0]["n"])


def unread_entries(plan: Plan, database: Path) -> int:
    """How many articles of the plan are not recorded yet as they read in the end."""
    wanted = {entry["url"]: entry["title"] for entry in plan.entries}
    latest = "SELECT url, title FROM article JOIN version ON article = article.id AND number = article.version"
    held = {row["url"]: row["title"] for row in rows(database, latest)}
    return sum(held.get(url) != title for url, title in wanted.items())


def judge(run: Run, database: Path) -> Verdict:
    """The verdict on a run that has ended."""
    return _Judge(run, database).verdict()


class _Judge:
    def __init__(self, run: Run, database: Path) -> None:
        self.run, self.slack, self.plan = run, run.slack, run.plan
        self.deliveries = rows(database, "SELECT * FROM delivery ORDER BY id")
        self.by_key = {row["key"]: row for row in self.deliveries}
        self.decisions = rows(database, "SELECT * FROM decision WHERE tell = 1")
        self.places = {row["article"]: row["story"] for row in rows(database, "SELECT * FROM story_article")}
        self.articles = rows(database, "SELECT id, count(*) AS n FROM article GROUP BY id")
        self.unread = unread_entries(run.plan, database)
        self.at: dict[str, list[tuple[str, Message]]] = defaultdict(list)  # key → where it was ever said
        for name in self.slack.channels:
            for message in self.slack.messages(name):
                for key in dict.fromkeys(_keys(message)):
                    self.at[key].append((name, message))
        self.told = Verdict()

    def verdict(self) -> Verdict:
        self._stories()
        self._deliveries()
        self._news()
        self._misdeeds()
        self._figures()
        return self.told

    # ── the plan against Slack ───────────────────────────────────────────────────────────────────────────────────

    def _stories(self) -> None:
        """Each story is one message in its channel, and says in the end what the plan says."""
        tops: dict[str, list[Message]] = defaultdict(list)
        for name in self.slack.channels:
            for message in self.slack.messages(name):
                if self._first(message).get("kind") == "post":
                    header = json.dumps(message.payload["blocks"], ensure_ascii=False)
                    company = next((s.company for s in self.plan.stories if s.company in header), "no story of ours")
                    tops[f"{company} in {name}"].append(message)
        for story in self.plan.stories:
            found = tops.pop(f"{story.company} in {story.channel}", [])
            if not found:
                self.told.missing.append(f"the message of {story.company} in {story.channel}")
                continue
            if len(found) > 1 and not any(self._first(each)["may_repeat"] for each in found):
                self.told.twice.append(f"the message of {story.company} in {story.channel}: {len(found)}")
            self._last_state(story, found)
        self.told.twice += [f"nobody planned the message of {name}" for name in tops]

    def _last_state(self, story: Any, found: list[Message]) -> None:
        said = f"{story.articles} article{'s' * (story.articles > 1)}"
        for message in found[-1:] if len(found) == 1 else [max(found, key=lambda each: len(each.edits))]:
            words = json.dumps(message.payload["blocks"], ensure_ascii=False)
            missing = [word for word in _HEADERS if word in story.standings and word not in words.casefold()]
            if said not in words or missing:
                self.told.stale.append(f"{story.company}: not “{said}”, {', '.join(missing) or 'standing as planned'}")
            counts = [_count(payload) for payload in (*message.edits, message.payload)]
            if counts != sorted(counts):
                self.told.stale.append(f"{story.company}: its edits went backwards, {counts}")

    # ── the outbox against Slack ─────────────────────────────────────────────────────────────────────────────────

    def _deliveries(self) -> None:
        """What is noted as sent stands once; what stands is noted."""
        for row in self.deliveries:
            places = self.at.get(row["key"], [])
            what = f"d{row['id']} ({row['kind']}, {row['state']}, {row['attempts']} tries)"
            if row["state"] == "sent" and not places:
                self.told.missing.append(what)
            if len(places) > 1 and not row["may_repeat"]:
                self.told.twice.append(f"{what}: {len(places)} times in {places[0][0]}")
            if row["state"] in ("owed", "sending", "parked"):
                self.told.stuck.append(f"{what}: {row['error']}")
            if (row["may_repeat"] or row["state"] == "dropped") and not self._refused(row):
                self.told.unexplained.append(what)
            if row["kind"] in _IN_THREAD and any(not message.thread_ts for _, message in places):
                self.told.stale.append(f"{what}: not in its thread")
        self.told.twice += [f"nobody owes the message {key}" for key in self.at if key not in self.by_key]
        if self.unread:
            self.told.stuck.append(f"{self.unread} articles were never recorded")
        self.told.twice += [
            f"article {row['id']} is recorded {row['n']} times" for row in self.articles if row["n"] > 1
        ]

    def _refused(self, row: Row) -> bool:
        """Whether history of the delivery's channel was refused after it came to be owed."""
        since = datetime.fromisoformat(row["created_at"] + "+00:00").timestamp() - 5
        channel = self.slack.channels[row["channel"]].id
        return any(at >= since and where == channel for at, where in self.slack.unread)

    def _news(self) -> None:
        """Whatever is to be said in a thread is said in one reply, once."""
        said: Counter[tuple[int, str, str]] = Counter()
        for row in self.deliveries:
            if row["kind"] in _IN_THREAD and row["state"] == "sent":
                said.update((row["story"], each["article"], each["reason"]) for each in json.loads(row["body"])["news"])
        self.told.twice += [f"news {each}: {n} times" for each, n in said.items() if n > 1]
        posted = {self._first(m).get("story"): float(m.ts) for _, m in (at for each in self.at.values() for at in each)}
        for row in self.decisions:
            story = self.places.get(row["article"])
            at = datetime.fromisoformat(row["at"] + "+00:00")
            late = story in posted and at.timestamp() > posted[story] + _A_MOMENT.total_seconds()
            if late and row["reason"] in SAID and not said[story, row["article"], row["reason"]]:
                self.told.missing.append(f"{row['reason']} of s{story} in its thread, by {row['article']}")

    # ── what is never to be ──────────────────────────────────────────────────────────────────────────────────────

    def _misdeeds(self) -> None:
        watch, refusals = self.slack.watch, self.slack.refusals
        self.told.misdeeds += [f"two senders at once in {channel}" for channel in watch.together]
        self.told.misdeeds += [f"faster than {watch.rate:g} a second in {channel}" for channel in watch.too_fast]
        expected = {"channel_not_found"}
        self.told.defects += [f"{n} times {error}" for error, n in refusals.items() if error not in expected]
        if self.run.defects:
            self.told.defects.append(f"{self.run.defects} bots ended by themselves")

    def _figures(self) -> None:
        kinds = Counter(row["kind"] for row in self.deliveries)
        states = Counter(row["state"] for row in self.deliveries)
        figures = self.told.figures
        self.told.told_kinds = {row["kind"] for row in self.deliveries if row["state"] == "sent"}
        figures["SIGKILLs"] = sum(self.run.killed.values())
        for moment, words in _MOMENTS.items():
            figures[f"  {words}"] = self.run.killed[moment]
        figures["  beside a bot that was at work"] = self.run.bereft
        figures["pairs of bots that ran side by side"] = len(self.run.beside)
        figures["  of these both delivered meanwhile"] = len(self.run.both_told)
        figures["messages tried anew by one that had lived beside the dead"] = len(self.run.inherited)
        figures["stories planned"], figures["articles"] = len(self.plan.stories), len(self.articles)
        figures["deliveries"] = len(self.deliveries)
        figures |= {f"  {kind}": n for kind, n in sorted(kinds.items())}
        figures |= {f"  of these {state}": n for state, n in sorted(states.items())}
        figures["calls to Slack"] = len(self.slack.calls)
        figures |= {f"  {fault.value}": n for fault, n in sorted(self.slack.faults.items())}
        figures |= {f"  refused: {error}": n for error, n in sorted(self.slack.refusals.items())}
        figures["messages that stand"] = sum(len(channel.messages) for channel in self.slack.channels.values())
        figures["sent again, marked “may repeat”"] = sum(row["may_repeat"] for row in self.deliveries)
        figures["  of these standing twice"] = sum(
            row["may_repeat"] and len(self.at.get(row["key"], [])) > 1 for row in self.deliveries
        )
        figures["parked at the end of the storm"] = self.run.parked
        figures["  of these because nobody could look"] = self.run.unsure
        figures["parked after `alerts resend`"] = states["parked"]
        figures["MISSING"], figures["TWICE"] = len(self.told.missing), len(self.told.twice)
        figures["last state not standing"] = len(self.told.stale)

    def _first(self, message: Message) -> Row:
        """The delivery by which a message came to stand."""
        return self.by_key.get(_keys(message)[0] or "", {})


_MOMENTS = {
    "starting": "as it started",
    "any": "at any instant",
    "arrived": "as a message reached Slack",
    "done": "as Slack had taken it",
    "answered": "as Slack answered",
    "stalled": "while Slack stalled",
    "reading": "while it looked for a message",
    "deciding": "while it decided",
}


def _keys(message: Message) -> list[str | None]:
    every = (*message.edits, message.payload)
    return [((each.get("metadata") or {}).get("event_payload") or {}).get("key") for each in every]


def _count(payload: dict[str, Any]) -> int:
    """How many articles a message says that its story has."""
    words = json.dumps(payload["blocks"], ensure_ascii=False).partition(" article")[0]
    return int("".join(c for c in words[-3:] if c.isdigit()) or 0)
