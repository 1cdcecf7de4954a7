"""What is said in the thread of a story's message, or in a message of its own where that one is out of reach.

What always holds: a reply can be understood without the message above it, because Slack shows a broadcast one in the
channel by itself: it says what is new, who says so in which words, where to read it, and how the story stands. It
keeps every limit by saying less. Deliberately absent: whether it is said, where, and whether the channel hears of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from riskbot.model.saying import News, Reply
from riskbot.policy.replying import ROOM
from riskbot.slack import blocks as b
from riskbot.slack import buttons, sources
from riskbot.slack import wording as w
from riskbot.slack.blocks import Json
from riskbot.slack.clean import clean, clean_url
from riskbot.slack.envelope import envelope
from riskbot.slack.fallback import begins, escape, stands
from riskbot.slack.limits import BLOCKS_TOTAL, HEADER_TEXT, blocks_length
from riskbot.slack.message import owner_line
from riskbot.slack.newswords import Said, leads, once, said

EVENT_TYPE = "riskbot_reply"
HEADLINE_MAX = 300
UNEDITABLE = "The message above can no longer be edited. What is new in this story is said here from now on."


@dataclass(frozen=True, slots=True)
class _Size:
    """How much of the open-ended parts is shown."""

    news: int  # things that are new
    quote: int  # units of each quotation
    sources: int  # where all are listed


_SIZES = (_Size(6, 300, 34), _Size(4, 200, 24), _Size(2, 140, 10), _Size(1, 100, 3))


def build(
    reply: Reply,
    *,
    channel: str,
    key: str,
    thread_ts: str | None = None,
    broadcast: bool = False,
    ts: str | None = None,
    banner: str | None = None,
    may_repeat: bool = False,
    interactive: bool = False,
) -> Json:
    """The payload of `chat.postMessage`: a reply in the thread of `thread_ts`, or a message of its own without one.

    `broadcast`: the channel sees it too; `ts` makes it the `chat.update` of a reply that stands; `interactive`:
    presses of buttons are heard, and a message of its own has them. Raises nothing: whatever is too long is cut.
    """
    alone = thread_ts is None and ts is None
    blocks: list[Json] = []
    text = ""
    for size in _SIZES:
        news = once([said(each, reply.summary, size.quote) for each in _distinct(reply)[: size.news]])
        body = _sources(reply, size) if reply.sources else _news(reply, news, alone=alone, interactive=interactive)
        blocks = [*b.notes(banner, w.MAY_REPEAT if may_repeat else None), *body]
        text = begins(banner, may_repeat=may_repeat) + _text(reply, news)
        if blocks_length(blocks) <= BLOCKS_TOTAL:
            break
    return envelope(
        blocks,
        escape(text),
        channel=channel,
        event_type=EVENT_TYPE,
        key=key,
        ts=ts,
        thread_ts=thread_ts,
        broadcast=broadcast,
    )


def _distinct(reply: Reply) -> list[News]:
    """What is new, each said once."""
    return list({(each.reason, each.why): each for each in reply.news}.values())


def _news(reply: Reply, news: list[Said], *, alone: bool, interactive: bool) -> list[Json]:
    summary = reply.summary
    story = f"Story {w.name(summary.story, unknown='?')}"
    more = len(_distinct(reply)) - len(news)
    rest = [b.rich(b.section(b.text(f"+{more} more that is new: the story's message shows how it stands")))]
    return [
        *(_on_its_own(reply) if alone else []),
        *([b.rich(b.section(b.text(UNEDITABLE)))] if reply.uneditable else []),
        *[_one(each) for each in news],
        *(rest if more > 0 else []),
        *(owner_line(reply.owner) if alone else []),
        *(
            [buttons.for_story(summary.merged_into or summary.story, muted=summary.muted is not None)]
            if alone and interactive
            else []
        ),
        *b.notes(story if alone else f"{w.header(summary)} · {story}"),
    ]


def _on_its_own(reply: Reply) -> list[Json]:
    """What a message needs that stands in no thread: the story's headline, and the way to its first message."""
    summary = reply.summary
    headline = clean(summary.headline, HEADLINE_MAX) or "(no headline)"
    outlet = w.name(summary.headline_outlet, unknown="outlet not known")
    before = (
        (b.text("More on a story told before: "), b.link(reply.link, "its first message"))
        if clean_url(reply.link)
        else (b.text("More on a story told before, whose first message is out of reach."),)
    )
    return [
        b.header(clean(w.header(summary), HEADER_TEXT)),
        b.rich(
            b.section(b.link(summary.headline_url, headline, bold=True), b.text(f" — {outlet}")),
            b.section(*before),
        ),
    ]


def _one(news: Said) -> Json:
    """One thing that is new: what, in whose words, and where to read it."""
    lines = [b.section(b.text(news.lead, bold=True))]
    lines += [b.quote(b.text(words)) for words in news.quotes]
    if news.title:
        lines.append(b.section(b.text(w.quoted(news.title))))
    lines += [b.section(b.text(line)) for line in news.also]
    if news.source:
        lines.append(b.section(*sources.line(news.source, titled=not news.title)))
    return b.rich(*lines)


def _sources(reply: Reply, size: _Size) -> list[Json]:
    nothing = [b.rich(b.section(b.text("No source is known.")))]
    return sources.every(reply.summary, size.sources) or nothing


def _text(reply: Reply, news: list[Said]) -> str:
    """`Denied by Alibaba. High, alleged and denied: Alibaba, military. “It is false.” CNBC.`"""
    summary = reply.summary
    if reply.sources:
        every = "All" if len(summary.sources) <= ROOM else f"The latest {ROOM}"
        return f"{every} sources of story {w.name(summary.story, unknown='?')}. {stands(summary)}."
    words = next((each.gist for each in news if each.gist), "")
    label = next((w.name(each.source.label, unknown="") for each in news if each.source), "")
    beyond = len(_distinct(reply)) - len(news)
    parts = [leads(news, beyond) if news or not reply.uneditable else UNEDITABLE.removesuffix("."), stands(summary)]
    said_by = " ".join(part for part in (w.quoted(words) if words else "", label) if part)
    return ". ".join([*parts, said_by] if said_by else parts) + "."
