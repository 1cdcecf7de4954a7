"""Summaries for the Slack tests: one with everything, one with nothing, one with everything hostile."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from riskbot.model import Alert, Claim, Delivery, DeliveryKind, Level, Reason, Source, Standing, Summary
from riskbot.model.saying import News, Reply
from riskbot.ports import Sent

PUBLISHED = datetime(2025, 11, 15, 9, 30, tzinfo=UTC)
SEEN = PUBLISHED + timedelta(minutes=3)
TOLD = PUBLISHED + timedelta(minutes=4)
SENTENCE = "A White House memo says Alibaba helps the Chinese military, the Financial Times reported."


def marks(sentence: str, *words: str) -> tuple[tuple[int, int], ...]:
    """Where each of the words first stands in the sentence."""
    return tuple(sorted((sentence.index(word), sentence.index(word) + len(word)) for word in words))


def source(article: str, label: str = "CNBC", url: str | None = "https://www.cnbc.com/a", **fields: object) -> Source:
    plain = Source(article, f"Title of {article}", label, url, label, PUBLISHED, "Financial Times")
    return replace(plain, **fields)  # type: ignore[arg-type]


FULL = Summary(
    story="s1",
    headline="Alibaba falls after memo says it helps the Chinese military",
    headline_url="https://www.cnbc.com/2025/11/15/alibaba-memo.html",
    headline_outlet="CNBC",
    level=Level.HIGH,
    score=74,
    companies=("Alibaba",),
    topics=("military", "memo"),
    possible={"sanctions": 3},
    sentence=SENTENCE,
    marks=marks(SENTENCE, "memo", "Alibaba", "military"),
    standings=tuple(Standing),
    claims=(
        Claim(Standing.ALLEGED, "White House memo", "Alibaba gives the army access to customer data."),
        Claim(Standing.DENIED, "Alibaba", "The company called the assertions nonsense."),
        Claim(Standing.DENIED, "the Chinese embassy", "The embassy said the claim twists the facts."),
        Claim(Standing.UNVERIFIED, "Financial Times", "The paper could not verify the claims."),
        Claim(Standing.CONFIRMED, None, "Two officials confirmed the memo."),
        Claim(Standing.OFFICIAL, "US Department of Defense", "The department listed the company."),
    ),
    articles=7,
    outlets=("CNBC", "Reuters"),
    origins=("Financial Times", "Reuters"),
    origins_read=("Reuters",),
    confirmations=1,
    official=1,
    sources=(
        source("a1"),
        source("a2", "unknown outlet", None, outlet=None, published=None),
        source("a3", "Reuters", "https://www.reuters.com/x?a=1&b=2", origin="Reuters"),
        source("a4", "www.ft.com", "https://www.ft.com/content/1", outlet=None),
        source("a5", "Example Wire", "https://wire.example/5", repost_of="CNBC"),
        source("a6"),
        source("a7"),
    ),
    rules=("alibaba-military", "alibaba-memo"),
    published=PUBLISHED,
    seen=SEEN,
)

BARE = Summary(
    story="s2",
    headline="",
    headline_url=None,
    headline_outlet=None,
    level=Level.LOW,
    score=0,
    companies=(),
    topics=(),
    possible={},
    sentence="",
    marks=(),
    standings=(),
    claims=(),
    articles=1,
    outlets=(),
    origins=(),
    origins_read=(),
    confirmations=0,
    official=0,
    sources=(Source("a1", "", None, None, "unknown outlet", None, None),),
    rules=(),
    published=None,
    seen=None,
)

# What may happen, and nobody says that it did.
POSSIBLE = replace(
    FULL,
    headline="Alibaba may face US sanctions, analysts say",
    topics=(),
    possible={"sanctions": 2, "export bans": 1},
    sentence="Alibaba could be hit by US sanctions next year, analysts said.",
    marks=marks("Alibaba could be hit by US sanctions next year, analysts said.", "Alibaba", "sanctions"),
    standings=(),
    claims=(),
    articles=2,
    origins=("Reuters",),
    confirmations=0,
    official=0,
    sources=FULL.sources[2:4],
    rules=("alibaba-sanctions",),
)

NASTY = (
    "<!channel> &lt;@U123&gt; *bold* `code` _it_ <https://evil.example|ft.com> :tada: "
    "\u202egnp.exe\u2066 👩\u200d👩\u200d👧 é\n\x1b[31mred\x00"
)

HOSTILE = replace(
    FULL,
    story="s3",
    headline=NASTY + " very long" * 1000,
    headline_url="javascript:alert(1)",
    headline_outlet=NASTY,
    level=Level.CRITICAL,
    companies=("<!here>", "*Alibaba*", "a" * 500, "b"),
    topics=("<@U1>",),
    possible={"<!everyone>": 1},
    sentence="lead " * 200 + "*Alibaba* and <!channel> " + NASTY,
    marks=((1001, 1008), (1014, 1024)),
    standings=(Standing.ALLEGED,),
    claims=(Claim(Standing.ALLEGED, NASTY, NASTY * 10),),
    origins=("<!subteam^S1>",),
    outlets=(),
    sources=(
        source("a1", NASTY, "javascript:alert(1)"),
        source("a2", "data", "data:text/html,<script>"),
        source("a3", "userinfo", "https://ft.com@evil.example/"),
        source("a4", "long", "https://evil.example/" + "x" * 3000),
        source("a5", "fine", "http://fine.example/?q=%3C!channel%3E&x=*y*"),
    ),
    rules=("<!channel>",),
)


def delivery(key: str = "k1", *, channel: str = "risk", kind: str = "new", **fields: object) -> Delivery:
    """A delivery whose send began at `TOLD`."""
    alert = Alert("a7", "s1", channel, kind, Reason.NEW_STORY, "a1", TOLD)  # type: ignore[arg-type]
    sort = DeliveryKind.POST if kind == "new" else DeliveryKind.EDIT
    made = Delivery("d1", sort, channel, key, tried_at=TOLD, alert=alert, story="s1", at=TOLD)
    return replace(made, **fields)  # type: ignore[arg-type]


def notice(text: str = "Rules live: +1 rule", **fields: object) -> Delivery:
    """A notice whose send began at `TOLD`."""
    made = Delivery("d2", DeliveryKind.NOTICE, "risk", "n-key", tried_at=TOLD, body={"text": text}, at=TOLD)
    return replace(made, **fields)  # type: ignore[arg-type]


DENIAL = Reply(FULL, (News(Reason.DENIED, "first denied", "a1", TOLD),))


def in_thread(kind: DeliveryKind, thread: Sent | None, key: str = "r1") -> Delivery:
    """A reply to the message that stands there, or where there is none, a message of its own."""
    where = {"thread": thread.ts, "sent_as": thread.channel} if thread else {}
    return Delivery("d9", kind, "risk", key, story="s1", tried_at=TOLD, at=TOLD, **where)  # type: ignore[arg-type]
