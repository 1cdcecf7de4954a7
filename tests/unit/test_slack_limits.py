"""The validator finds what Slack would refuse, and rendering never makes it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskbot.model import Claim, Level, Source, Standing, Summary
from riskbot.slack.limits import is_channel_id, problems
from riskbot.slack.message import render
from tests.slacksummaries import FULL, TOLD

Break = Callable[[dict[str, Any]], Any]
GOOD = render(FULL, channel="risk", key="k1", told=TOLD)


def section(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(parts)}]}


def text(words: str = "x", **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **more}


def link(url: str, words: str = "x") -> dict[str, Any]:
    return {"type": "link", "url": url, "text": words}


def date(**fields: Any) -> dict[str, Any]:
    return {"type": "date", "timestamp": 1, "format": "{date}", "fallback": "x"} | fields


def rich(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"type": "rich_text", "elements": list(parts)}


def add(*blocks: dict[str, Any] | str) -> Break:
    return lambda payload: payload["blocks"].extend(blocks)


def put(**fields: Any) -> Break:
    return lambda payload: payload.update(fields)


def in_block(at: int, **fields: Any) -> Break:
    return lambda payload: payload["blocks"][at].update(fields)


def in_times(**fields: Any) -> Break:
    return lambda payload: payload["blocks"][-1]["elements"][1].update(fields)


LISTED = {"type": "rich_text_list", "style": "x", "elements": section(text())["elements"]}

BROKEN: list[tuple[str, Break]] = [
    ("unknown fields icon_url", put(icon_url="x")),
    ("channel is missing", put(channel="")),
    ("ts '12' is not", put(ts="12")),
    ("text is empty", put(text="")),
    ("text is 4001 long, at most 4000", put(text="x" * 4001)),
    ("text is not escaped", put(text="<!channel>")),
    ("text is not escaped", put(text="a & b")),
    ("text holds the character U+202E", put(text="a\u202eb")),
    ("mrkdwn is not off", put(mrkdwn=True)),
    ("parse is not none", put(parse="full")),
    ("metadata is not an event type", put(metadata={"event_type": "x"})),
    ("metadata's event_type", put(metadata={"event_type": "a b", "event_payload": {}})),
    ("metadata's event_payload", put(metadata={"event_type": "a", "event_payload": {"key": "x" * 9000}})),
    ("there are no blocks", put(blocks=[])),
    ("51 blocks, at most 50", put(blocks=[{"type": "divider"}] * 51)),
    ("long together, at most 12000", add(*[section(text("x" * 3000))] * 4)),
    ("the same block_id", add(*[{"type": "divider", "block_id": "a"}] * 2)),
    ("block_id is 256 long", in_block(0, block_id="a" * 256)),
    ("(header) text is 151 long", in_block(0, text={"type": "plain_text", "text": "🟠" + "x" * 149})),
    ("must be plain_text", in_block(0, text={"type": "mrkdwn", "text": "x"})),
    ("is not a text object", in_block(0, text="x")),
    ("must have 1 to 10 elements", in_block(-1, elements=[{"type": "plain_text", "text": "x"}] * 11)),
    ("mrkdwn holds markup", in_times(text="*bold* <!channel>")),
    ("emoji belongs to plain_text", in_times(emoji=False)),
    ("a kind of block", add({"type": "image"})),
    ("is not an object", add("x")),
    ("text is 3001 long", add({"type": "section", "text": {"type": "plain_text", "text": "x" * 3001}})),
    ("text is empty", add(section(text("")))),
    ("link is empty", add(section(link("https://a.example", "")))),
    ("url is not http", add(section(link("javascript:x")))),
    ("url is 3001 long", add(section(link("https://a/".ljust(3001, "x"))))),
    ("element 'user'", add(section({"type": "user", "user_id": "U1"}))),
    ("element 'broadcast'", add(section({"type": "broadcast", "range": "channel"}))),
    ("timestamp is not a whole", add(section(date(timestamp=1.5)))),
    ("format has no token", add(section(date(format="x")))),
    ("style {'blink': True}", add(section(text(style={"blink": True})))),
    ("has 201 elements", add(rich(*section(text())["elements"], *section(*[text()] * 200)["elements"]))),
    ("may not stand here", add(rich(text()))),
    ("neither bullet nor ordered", add(rich(LISTED))),
]


def test_a_rendered_message_has_no_problem() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(("expected", "spoil"), BROKEN, ids=[name for name, _ in BROKEN])
def test_each_broken_limit_is_named(expected: str, spoil: Break) -> None:
    payload = copy.deepcopy(GOOD)
    spoil(payload)
    assert any(expected in each for each in problems(payload)), problems(payload)


def test_ids_of_channels_are_told_from_names() -> None:
    assert is_channel_id("C0123ABCD")
    assert is_channel_id("G0123ABCD")
    assert not is_channel_id("#risk")
    assert not is_channel_id("cargo")


# ── any summary at all ───────────────────────────────────────────────────────────────────────────────────────────

nasty = ["<!channel>", "&lt;@U1&gt;", "*b*", "\u202e", "x" * 10_000, "🟠" * 400, "\ud800", '"' * 900]
lines = st.text(max_size=80) | st.sampled_from(nasty)
urls = st.none() | lines | st.integers(1, 4000).map(lambda n: "https://a.example/" + "é" * n)
moments = st.none() | st.datetimes(timezones=st.just(UTC), min_value=datetime(1900, 1, 1))  # noqa: DTZ001
counts = st.integers(0, 100_000)
names = st.lists(lines, max_size=12).map(tuple)
sentences = lines | st.text(max_size=1500)
sources = st.builds(Source, lines, lines, st.none() | lines, urls, lines, moments, st.none() | lines, st.none() | lines)
claims = st.builds(Claim, st.sampled_from(Standing), st.none() | lines, lines)
marks = st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 1500)), max_size=60).map(tuple)
summaries = st.builds(
    Summary,
    story=lines,
    headline=lines,
    headline_url=urls,
    headline_outlet=st.none() | lines,
    level=st.sampled_from(Level),
    score=counts,
    companies=names,
    topics=names,
    possible=st.dictionaries(lines, counts, max_size=9),
    sentence=sentences,
    marks=marks,
    standings=st.sets(st.sampled_from(Standing)).map(tuple),
    claims=st.lists(claims, max_size=12).map(tuple),
    articles=counts,
    outlets=names,
    origins=names,
    origins_read=names,
    confirmations=counts,
    official=counts,
    sources=st.lists(sources, max_size=8).map(tuple),
    rules=names,
    published=moments,
    seen=moments,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(summaries, moments, st.none() | st.just("1763199240.000100"), st.none() | st.just("REPLAY, not live"))
def test_any_summary_renders_to_a_payload_without_problems(
    summary: Summary, told: datetime | None, ts: str | None, banner: str | None
) -> None:
    assert problems(render(summary, channel="risk", key="k1", told=told, ts=ts, banner=banner)) == []
