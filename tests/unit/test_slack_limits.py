"""The validator finds what Slack would refuse, and rendering never makes it."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from riskbot.model import Claim, Level, Reason, Source, Standing, Summary
from riskbot.model.saying import Digest, DigestLine, News, Reply
from riskbot.slack.digest import build as build_digest
from riskbot.slack.limits import is_channel_id, problems
from riskbot.slack.message import build
from riskbot.slack.notice import render_notice
from riskbot.slack.replies import build as build_reply
from tests.slackpayloads import elements
from tests.slacksummaries import FULL, TOLD

Break = Callable[[dict[str, Any]], Any]
GOOD = build(FULL, channel="risk", key="k1", told=TOLD, interactive=True)


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


def button(**fields: Any) -> dict[str, Any]:
    plain = {"type": "plain_text", "text": "x"}
    return {"type": "button", "action_id": "a", "text": plain, "value": "s1"} | fields


def actions(*elements: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def menu(*options: str, **fields: Any) -> dict[str, Any]:
    plain = {"type": "plain_text", "text": "x"}
    offered = [{"text": plain, "value": value} for value in options]
    return {"type": "static_select", "action_id": "m", "placeholder": plain, "options": offered} | fields


def words(length: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": "x" * length}


LISTED = {"type": "rich_text_list", "style": "x", "elements": section(text())["elements"]}

BROKEN: list[tuple[str, Break]] = [
    ("unknown fields icon_url", put(icon_url="x")),
    ("channel is missing", put(channel="")),
    ("ts '12' is not", put(ts="12")),
    ("thread_ts '12' is not", put(thread_ts="12")),
    ("chat.update does not know mrkdwn, unfurl_links", put(ts="1.000001")),
    ("(header): unknown fields color", in_block(0, color="red")),
    ("unknown fields unsafe", add(section(link("https://a.example") | {"unsafe": True}))),
    ("unknown fields attachments", put(attachments=[])),
    ("reply_broadcast is not true, or there is no thread", put(reply_broadcast=True)),
    ("reply_broadcast is not true, or there is no thread", put(thread_ts="1.000001", reply_broadcast=False)),
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
    ("user calls nobody that Slack knows", add(section({"type": "user", "user_id": "U1"}))),
    ("user calls somebody in a message", add(section({"type": "user", "user_id": "U0123ABCD"}))),
    ("usergroup calls somebody in a message", add(section({"type": "usergroup", "usergroup_id": "S0123ABCD"}))),
    ("broadcast calls somebody in a message", add(section({"type": "broadcast", "range": "channel"}))),
    ("element 'emoji'", add(section({"type": "emoji", "name": "tada"}))),
    ("timestamp is not a whole", add(section(date(timestamp=1.5)))),
    ("format has no token", add(section(date(format="x")))),
    ("no date token 'moon'", add(section(date(format="{date} {moon}")))),
    ("must have 1 to 25 elements", add(actions(*[button(action_id=f"a{n}") for n in range(26)]))),
    ("must have 1 to 25 elements", add(actions())),
    ("two elements have the same action_id", add(actions(button(), button()))),
    ("'overflow' may not stand here", add(actions({"type": "overflow"}))),
    ("action_id is 256 long", add(actions(button(action_id="a" * 256)))),
    ("action_id is empty", add(actions(button(action_id="")))),
    ("button text is 76 long", add(actions(button(text=words(76))))),
    ("button text must be plain_text", add(actions(button(text={"type": "mrkdwn", "text": "x"})))),
    ("button text is empty", add(actions(button(text={"type": "plain_text", "text": "  "})))),
    ("value is 2001 long", add(actions(button(value="x" * 2001)))),
    ("neither primary nor danger", add(actions(button(style="default")))),
    ("unknown fields url", add(actions(button(url="https://a.example")))),
    ("placeholder is 151 long", add(actions(menu("a", placeholder=words(151))))),
    ("options must have 1 to 100 elements", add(actions(menu()))),
    ("option value is 151 long", add(actions(menu("x" * 151)))),
    ("option is 76 long", add(actions(menu(options=[{"text": words(76), "value": "a"}])))),
    ("two options have the same value", add(actions(menu("a", "a")))),
    ("unknown fields initial_option", add(actions(menu("a", initial_option={})))),
    ("confirm is not a title", add(actions(button(confirm={"title": words(1)})))),
    (
        "confirm title is 101 long",
        add(actions(button(confirm={"title": words(101), "text": words(1), "confirm": words(1), "deny": words(1)}))),
    ),
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


@pytest.mark.parametrize("who", ["U0123ABCD", "<@U0123ABCD>", "S0123ABCD", "here", "<!subteam^S0123ABCD|team>"])
def test_a_notice_may_call_whom_a_rule_names(who: str) -> None:
    payload = render_notice("Nobody is on story s1", channel="risk", key="k1", mention=[who])
    assert problems(payload) == []
    assert any(each.get("type") in ("user", "usergroup", "broadcast") for each in elements(payload))


@pytest.mark.parametrize("who", ["", "jane", "<@jane> \u202e<!x", "U1", "C0123ABCD"])
def test_whom_slack_would_not_know_is_named_and_not_called(who: str) -> None:
    payload = render_notice("Nobody is on story s1", channel="risk", key="k1", mention=[who])
    assert problems(payload) == []
    assert not any(each.get("type") in ("user", "usergroup", "broadcast") for each in elements(payload))


def test_ids_of_channels_are_told_from_names() -> None:
    assert is_channel_id("C0123ABCD")
    assert is_channel_id("G0123ABCD")
    assert not is_channel_id("#risk")
    assert not is_channel_id("cargo")


# ── any summary at all ───────────────────────────────────────────────────────────────────────────────────────────

nasty = [
    "<!channel>",
    "&lt;@U1&gt;",
    "*b*",
    "\u202e",
    "x" * 10_000,
    "🟠" * 400,
    "\ud800",
    "&" * 2000,
    "\u3164\u200d\ufe0f",
    '"' * 900,
]
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


reasons = st.sampled_from(Reason)
articles = st.sampled_from(["a1", "a2", "a3", "a4"])
some_news = st.builds(
    News, reasons, lines | lines.map("headline was: ".__add__), articles, st.just(TOLD), st.booleans()
)
about_articles = st.builds(Claim, st.sampled_from(Standing), st.none() | lines, lines, articles)
told_of = st.builds(
    lambda summary, said, brought: replace(summary, claims=tuple(said), sources=tuple(brought)),
    summaries,
    st.lists(about_articles, max_size=12),
    st.lists(
        st.builds(Source, articles, lines, st.none() | lines, urls, lines, moments, lines, st.none()), max_size=90
    ),
)
replies = st.builds(Reply, told_of, st.lists(some_news, max_size=9).map(tuple), urls, st.booleans(), st.booleans())
digest_lines = st.builds(
    DigestLine,
    story=lines,
    level=st.sampled_from(Level),
    headline=lines,
    url=urls,
    outlet=st.none() | lines,
    articles=counts,
    standings=lines,
    owner=st.none() | lines,
    permalink=urls,
    at=moments,
)
known = st.datetimes(timezones=st.just(UTC), min_value=datetime(1900, 1, 1))  # noqa: DTZ001
asides = st.lists(lines, max_size=40).map(tuple)
digests = st.builds(Digest, lines, known, known, st.lists(digest_lines, max_size=60).map(tuple), asides, asides, counts)
thorough = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
KEY: dict[str, Any] = {"channel": "risk", "key": "k1"}
banners = st.none() | st.just("REPLAY, not live") | lines


def fit(payload: dict[str, Any]) -> None:
    """The payload keeps every limit, holds no outside text in markup, and links nothing but pages."""
    assert problems(payload) == []
    for each in elements(payload["blocks"]):
        if each.get("type") == "mrkdwn":
            said = re.sub(r"<!date\^\d+\^\{date_short_pretty\} \{time\}\|[-0-9: ]+UTC>", "(date)", each["text"])
            moment = r"(\(date\)|\d+-\d\d-\d\d \d\d:\d\d UTC)"
            assert re.fullmatch(rf"((published|seen|told)(: not known| {moment})( → |$))+", said)
        if each.get("type") == "plain_text":
            assert each["emoji"] is False
        if "url" in each:
            assert each["url"].lower().startswith(("http://", "https://"))


@thorough
@given(summaries, moments, st.none() | st.just("1763199240.000100"), banners, st.none() | lines, st.booleans())
def test_any_summary_renders_to_a_payload_without_problems(
    summary: Summary, told: datetime | None, ts: str | None, banner: str | None, owner: str | None, interactive: bool
) -> None:
    options: dict[str, Any] = {"owner": owner, "interactive": interactive, "may_repeat": True, "threaded": True}
    fit(build(summary, **KEY, told=told, ts=ts, banner=banner, **options))


@thorough
@given(replies, banners, st.booleans())
def test_any_reply_renders_to_a_payload_without_problems(reply: Reply, banner: str | None, broadcast: bool) -> None:
    thread_ts = None if reply.link else "1763199240.000100"
    fit(build_reply(reply, **KEY, thread_ts=thread_ts, broadcast=broadcast and not reply.link, banner=banner))


@thorough
@given(digests, banners)
def test_any_digest_renders_to_a_payload_without_problems(digest: Digest, banner: str | None) -> None:
    fit(build_digest(digest, **KEY, banner=banner, may_repeat=True))


@thorough
@given(st.text(max_size=3000) | lines, asides, st.lists(lines, max_size=400), banners, st.lists(lines, max_size=40))
def test_any_notice_renders_to_a_payload_without_problems(
    text: str, more: tuple[str, ...], parked: list[str], banner: str | None, called: list[str]
) -> None:
    fit(render_notice(text, **KEY, lines=more, parked=parked, banner=banner, mention=called))
