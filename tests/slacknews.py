"""What is said besides a story's message, for the Slack tests: replies and digests, plain and hostile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from riskbot.model import Claim, Level, Reason, Standing, Summary
from riskbot.model.saying import Digest, DigestLine, News, Reply
from tests.slacksummaries import FULL, HOSTILE, NASTY, TOLD, source

PERMALINK = "https://acme.slack.com/archives/C0123ABCD/p1763199240000100"

# The story of `FULL`, each claim in an article of its own, and one article that brought two.
TOLD_OF = replace(
    FULL,
    standings=(Standing.ALLEGED, Standing.DENIED, Standing.CONFIRMED, Standing.OFFICIAL, Standing.RETRACTED),
    claims=(
        Claim(Standing.ALLEGED, "White House memo", "Alibaba gives the army access to customer data.", "a1"),
        Claim(Standing.DENIED, "Alibaba", "The company called the assertions “complete nonsense”.", "a3"),
        Claim(Standing.DENIED, "the Chinese embassy", "The embassy said the claim twists the facts.", "a4"),
        Claim(Standing.CONFIRMED, None, "Two officials confirmed the memo.", "a5"),
        Claim(Standing.OFFICIAL, "US Department of Defense", "The department listed the company.", "a6"),
        Claim(Standing.DENIED, "Joe Tsai", "The chairman said none of it is true.", "a6"),
        Claim(Standing.RETRACTED, "Financial Times", "The paper has withdrawn the report.", "a7"),
    ),
)


def news(reason: Reason, article: str, why: str = "", *, first: bool = True) -> News:
    return News(reason, why, article, TOLD, first)


DENIED = news(Reason.DENIED, "a3", "first denied in the story, by Alibaba")
ALSO_DENIED = news(Reason.DENIED, "a4", "also denied by the Chinese embassy", first=False)
CONFIRMED = news(Reason.CONFIRMED, "a5", "first confirmed in the story, by someone not named")
OFFICIAL = news(Reason.OFFICIAL_ACTION, "a6", "first official in the story, by US Department of Defense")
RETRACTED = news(Reason.RETRACTED, "a7", "first retracted in the story, by Financial Times")
RAISED = news(Reason.LEVEL_RAISED, "a6", "level raised from medium to high")
ORIGIN = news(Reason.NEW_ORIGIN, "a3", "new origin: Reuters")
TOPIC = news(Reason.NEW_TOPIC, "a2", "new topic: sanctions")
HEADLINE = news(Reason.HEADLINE_EDITED, "a1", "headline was: Alibaba “arms” China, memo says")


def reply(*of: News, summary: Summary = TOLD_OF, **fields: object) -> Reply:
    return replace(Reply(summary, of), **fields)  # type: ignore[arg-type]


REPLIES = {
    "denied": reply(DENIED),
    "also_denied": reply(ALSO_DENIED),
    "confirmed": reply(CONFIRMED),
    "official_action": reply(OFFICIAL),
    "retracted": reply(RETRACTED),
    "level_raised": reply(RAISED),
    "new_origin": reply(ORIGIN),
    "new_topic": reply(TOPIC),
    "headline_edited": reply(HEADLINE),
    "bundled": reply(DENIED, ORIGIN, ALSO_DENIED, RAISED),
    "uneditable": reply(uneditable=True),
    "on_its_own": reply(RETRACTED, link=PERMALINK),
    "sources": reply(sources=True),
    "hostile": reply(
        news(Reason.DENIED, "a1", NASTY),
        news(Reason.HEADLINE_EDITED, "a2", "headline was: " + NASTY * 100),
        news(Reason.NEW_ORIGIN, "a3", "new origin: " + NASTY),
        news(Reason.OFFICIAL_ACTION, "nowhere", NASTY),
        summary=replace(
            HOSTILE,
            claims=(Claim(Standing.DENIED, NASTY, NASTY * 10, "a1"), Claim(Standing.OFFICIAL, NASTY, NASTY, "a1")),
        ),
        link="javascript:alert(1)",
    ),
}


def line(number: int, level: Level = Level.MEDIUM, **fields: object) -> DigestLine:
    plain = DigestLine(
        story=f"s{number}",
        level=level,
        headline=f"Headline of story {number}",
        url=f"https://news.example/{number}",
        outlet="Reuters",
        articles=number,
        standings="alleged, denied",
        at=TOLD + timedelta(minutes=number),
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


DIGESTS = {
    "daily": Digest(
        "Daily digest",
        TOLD - timedelta(days=1),
        TOLD,
        (
            line(3, owner="jane"),
            line(1, Level.LOW, url=None, outlet=None, standings=""),
            line(2, Level.CRITICAL, permalink=PERMALINK),
            line(4, Level.HIGH, owner="@wei", permalink=PERMALINK),
            line(5),
        ),
        blind=("cnbc-top: no answer for 3 hours", "ft-home: 404 Not Found"),
        muted=("s9 Tesla, until Monday (Jane: known)",),
        articles=15,
    ),
    "away": Digest(
        "While I was away", TOLD - timedelta(hours=5), TOLD, (line(1), line(2, Level.LOW)), blind=("everything",)
    ),
    "quiet": Digest("Quiet hours", TOLD - timedelta(hours=9), TOLD, ()),
    "long": Digest(
        "More than 20 alerts this hour",
        TOLD - timedelta(hours=1),
        TOLD,
        tuple(line(n, Level.LOW if n % 2 else Level.MEDIUM, headline="Word " * 60) for n in range(1, 61)),
        blind=tuple(f"feed-{n}: no answer" for n in range(30)),
    ),
    "hostile": Digest(
        NASTY * 20,
        TOLD,
        TOLD,
        tuple(
            line(
                n,
                headline=NASTY * 50,
                url="javascript:alert(1)",
                outlet=NASTY,
                standings=NASTY,
                owner="<!channel>",
                permalink="https://ft.com@evil.example/",
            )
            for n in range(4)
        ),
        blind=(NASTY,) * 3,
        muted=(NASTY * 40,),
    ),
}

LONG = replace(TOLD_OF, articles=90, sources=tuple(source(f"a{n}") for n in range(1, 91)))
