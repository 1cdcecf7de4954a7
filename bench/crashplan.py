"""What the crash run tells of: stories made from a seed, the feed that carries them, and what must be said in the end;
and what is drawn for those who tell it: the weather at Slack, and how each bot ends.

What always holds: every story is of a company of its own, so that nothing of one can be taken for another's; an
article's id, words and date follow from the seed alone. The plan is the measure: it says how many articles a story has
in the end and how it stands, whatever the database believes.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from riskbot.judging import load, think
from riskbot.matching.match import Matcher
from riskbot.matching.rules import Company, Rule, RuleSet, Term, Topic
from riskbot.mind import Mind
from riskbot.model import Entry, Level
from riskbot.settings import Settings
from tests.slackfaults import Fault

CHANNELS = ("east", "west", "north")
OPS = "ops"
_SYLLABLES = "ka ro mi ten val dor shi lan que zor bel tra nox fen gul hy osk pra wex dun mor sil tav".split()
# Thirteen bodies and seven forces: no two stories of a run have both alike, or their words would make them one.
_BODIES = (
    *("White House", "Commerce Department", "Treasury Department", "Defense Ministry", "Interior Ministry"),
    *("Foreign Ministry", "State Council", "Central Bank", "Supreme Court", "European Commission", "Customs Office"),
    *("Trade Ministry", "State Department"),
)
_FORCES = ("navy", "army", "air force", "missile forces", "military academy", "army submarines", "military police")
_DEEDS = ("shipped", "sold", "leased", "built", "designed", "supplied", "printed", "repaired", "bought", "financed")
_GOODS = ("drone engines", "radios", "satellites", "warehouses", "simulators", "batteries", "maps", "cranes", "lasers")
MOST = len(_BODIES) * len(_FORCES)  # stories of a plan
WRITING = {  # how often which fault meets a call that writes
    Fault.RATE_LIMITED: 0.03,
    Fault.RATE_LIMITED_SILENTLY: 0.02,
    Fault.ERROR_500: 0.02,
    Fault.ERROR_503: 0.02,
    Fault.INTERNAL_ERROR: 0.02,
    Fault.FATAL_ERROR: 0.02,
    Fault.ACCEPT_AND_INTERNAL_ERROR: 0.02,
    Fault.ACCEPT_AND_FATAL_ERROR: 0.02,
    Fault.RESET: 0.03,
    Fault.ACCEPT_AND_RESET: 0.03,
    Fault.ACCEPT_AND_STALL: 0.03,
    Fault.ACCEPT_AND_GARBAGE: 0.02,
    Fault.LATE: 0.03,
}
READING = {Fault.RATE_LIMITED: 0.05, Fault.ERROR_500: 0.03, Fault.RESET: 0.03, Fault.ACCEPT_AND_STALL: 0.02}
MOMENTS = ("starting", "any", "any", "arrived", "done", "answered", "stalled", "reading", "deciding")
_LIFE = 1.0  # seconds that a bot lives at most, once it has started, when it is to die at any instant
_LONGER = 1.5  # and when it is to die at a moment that may not come
_LIVES_ON = 0.4  # how often a bot beside another one lives on when that one dies
_DETAILS = 3  # names that all of a story's articles tell, and no other's
_SHAPES = {  # what happens after the first article, and how often in ten stories
    (): 1,
    ("more",): 2,
    ("denied", "more"): 2,
    ("more", "denied", "more"): 1,
    ("denied", "more", "confirmed"): 2,
    ("official", "more"): 1,
    ("edited", "more"): 1,
}


@dataclass(frozen=True)
class Story:
    """One story as it is planned."""

    company: str
    channel: str
    articles: int  # how many it has in the end
    standings: frozenset[str]  # words that its header must hold in the end


@dataclass(frozen=True)
class Plan:
    """Everything that is going to happen."""

    stories: tuple[Story, ...]
    entries: tuple[dict[str, Any], ...]  # what the feed carries, in the order of release


@dataclass(frozen=True)
class Fate:
    """How a bot ends."""

    moment: str  # that of its own calls at which it is killed
    passes: int  # how often that moment passes before
    delay: float  # seconds between the moment and the kill
    patience: float  # seconds after which it is killed all the same


def fate(chance: random.Random, bots: int, *, newborn: bool) -> Fate:
    """The end of one of so many bots, which share the work; whoever lives already cannot be killed as it starts."""
    moment = chance.choice(MOMENTS if newborn else MOMENTS[1:])
    share = chance.random()
    delay = 0.0 if share < 0.3 else chance.uniform(0, 0.005 if share < 0.7 else 0.1)
    patience = {"starting": chance.uniform(0, 0.5), "any": chance.uniform(0, _LIFE)}.get(moment, _LONGER)
    return Fate(moment, chance.randint(0, 3 // bots), delay, patience)


def doomed(chance: random.Random, bots: int, kills: int) -> set[int]:
    """Which of so many bots that run side by side are to die; the others live on beside the successors. One dies at
    least, and there are never more alive than `kills` that are still to come."""
    if kills <= bots:
        return set(range(bots))
    dying = {bot for bot in range(bots) if chance.random() >= _LIVES_ON}
    return dying or {chance.randrange(bots)}


def made(stories: int, seed: int, start: datetime) -> Plan:
    """So many stories; their articles come mixed with each other's, each story's own in order."""
    chance = random.Random(seed)
    names = _names((1 + _DETAILS) * stories, chance)  # no name stands for two things anywhere
    shapes = [shape for shape, share in _SHAPES.items() for _ in range(share)]
    planned, queues = [], []
    for number in range(stories):
        name, *details = names[(1 + _DETAILS) * number : (1 + _DETAILS) * (number + 1)]
        shape = shapes[number % len(shapes)]
        standings = frozenset(step for step in shape if step in ("denied", "confirmed", "official"))
        added = sum(step != "edited" for step in shape)
        planned.append(Story(name, CHANNELS[number % len(CHANNELS)], 1 + added, standings))
        queues.append(list(_entries(name, details, number, shape, start)))
    order = [number for number, queue in enumerate(queues) for _ in queue]
    chance.shuffle(order)
    # A story's later articles come well after its first one: its message stands by then, or is on its way.
    entries = [queues[number].pop(0) for number in order]
    return Plan(tuple(planned), tuple(entries))


def mind(plan: Plan) -> Mind:
    """The shipped outlets and claim terms with a rule for each channel, over the plan's companies."""
    settings = Settings(slack_channel=CHANNELS[0], ops_channel=OPS)  # type: ignore[call-arg]
    loaded = load(settings)
    companies = tuple(Company(_id(s.company), s.company, (Term.parse(s.company),)) for s in plan.stories)
    topic = Topic("military", tuple(map(Term.parse, ("army", "navy", "military", "air force", "missile*"))))
    rules = []
    for number, channel in enumerate(CHANNELS):
        mine = frozenset(_id(story.company) for story in plan.stories if story.channel == channel)
        level = (Level.MEDIUM, Level.HIGH, Level.LOW)[number % 3]
        rules.append(Rule(f"rule-{channel}", channel, mine, (topic.id,), about="mention", channel=channel, level=level))
    thought = think(settings, loaded)
    matcher = Matcher(RuleSet(companies, (topic,), tuple(rules), "0" * 64))
    return Mind(matcher, thought.outlets, thought.policy, thought.frequencies, claims=thought.claims)


def entry(written: dict[str, Any]) -> Entry:
    """An entry as the feed wrote it."""
    return Entry(**(written | {"published": datetime.fromisoformat(written["published"])}))


def _entries(
    name: str, details: Sequence[str], number: int, shape: Sequence[str], start: datetime
) -> Iterator[dict[str, Any]]:
    place, code, ship = details
    body, force = _BODIES[number % len(_BODIES)], _FORCES[number % len(_FORCES)]
    done, goods = _DEEDS[number % len(_DEEDS)], _GOODS[number // len(_DEEDS) % len(_GOODS)]
    deed = f"{done} {code} {goods} of {place} for the {force}"
    base = f"{name} {deed}"
    told = f"{code} was loaded onto the {ship} in {place} harbour, and {ship} sailed from {place} for the {force}."
    first = {
        "title": f"{body} memo says {base}",
        "text": f"A memo of the {body} claims that {base}, the Financial Times reported. {told}",
    }
    words = {
        "more": (
            f"{base}, {body} memo claims",
            f"A {body} memo claims that {base}, according to the Financial Times. {told}",
        ),
        "denied": (
            f"{name} denies that it {deed}",
            f'A memo of the {body} claims that {base}. {name} denied it: "The claims are false." {told}',
        ),
        "confirmed": (
            f"{body} confirms that {base}",
            f"The {body} confirmed on Friday that {base}, as its memo says. {told}",
        ),
        "official": (
            f"US Commerce Department puts {name} on its entity list: it {deed}",
            f"The US Commerce Department put {name} on its entity list after a memo said that {base}. {told}",
        ),
    }
    yield _written(f"{number}-0", first, start)
    for step, kind in enumerate(shape, start=1):
        if kind == "edited":  # the first article again, under another headline
            edited = first | {"title": f"{body} memo names {base}"}
            yield _written(f"{number}-0", edited, start)
        else:
            title, text = words[kind]
            outlet = ("CNBC", "Reuters", "BBC News")[step % 3]
            yield _written(f"{number}-{step}", {"title": title, "text": f"{text} ({step})", "outlet": outlet}, start)


def _written(id_: str, words: dict[str, str], start: datetime) -> dict[str, Any]:
    published = start - timedelta(minutes=10)
    return {
        "entry_id": id_,
        "url": f"https://news.example/{id_}",
        "published": published.astimezone(UTC).isoformat(),
        **words,
    }


def _names(number: int, chance: random.Random) -> list[str]:
    names: dict[str, None] = {}
    while len(names) < number:
        names["".join(chance.sample(_SYLLABLES, 4)).capitalize()] = None
    return list(names)


def _id(name: str) -> str:
    return name.casefold()
