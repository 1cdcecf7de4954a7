"""The language of rule files, as pydantic models: the one place that says which keys there are.

What always holds: unknown keys are refused; words stay as written, because models are fed the written text of every
scalar; the JSON Schema that editors use is generated from these models. Deliberately absent: anything that needs a
second item or file to be judged (references, duplicates), which is the loader's work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, WithJsonSchema
from pydantic_core import PydanticCustomError

from riskbot.model import Level
from riskbot.model.calm import DigestTime
from riskbot.rulefiles import times
from riskbot.rulefiles.suggest import did_you_mean
from riskbot.stories.claims import Group
from riskbot.text.durations import parse_duration


def _near(value: object) -> object:
    if isinstance(value, str) and value in ("title", "sentence", "lead", "paragraph", "article"):
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 4:
        return int(value)
    mend = "write title, sentence, paragraph, article, or a number of words"
    raise PydanticCustomError("unknown-value", "{what} is no distance", {"what": _shown(value), "mend": mend})


def _every(value: object) -> object:
    if not isinstance(value, str):
        raise PydanticCustomError("bad-duration", "{what} is no duration", {"what": _shown(value), "mend": "write 5m"})
    try:
        return parse_duration(value)
    except ValueError as error:
        sentence, _, mend = str(error).partition(": ")
        raise PydanticCustomError("bad-duration", "{what}", {"what": sentence, "mend": mend}) from error


def _url(value: object) -> object:
    mend = "write an address such as https://example.com/rss"
    problem = PydanticCustomError("bad-url", "{what} is no web address", {"what": _shown(value), "mend": mend})
    if not isinstance(value, str):
        raise problem
    try:
        parts = urlsplit(value)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError as error:
        raise problem from error
    if parts.scheme not in ("http", "https") or not parts.hostname or not port_is_fine:
        raise problem
    if any(c.isspace() or not c.isprintable() for c in value):
        raise problem
    return value


def _read_by(read: Callable[[str], object], code: str) -> BeforeValidator:
    """A text read by a function that raises ValueError with a sentence, a colon and a mend."""

    def reading(value: object) -> object:
        if not isinstance(value, str):
            raise PydanticCustomError("wrong-type", "a text is wanted here", {"mend": "write it on one line"})
        try:
            return read(value)
        except ValueError as error:
            sentence, _, mend = str(error).partition(": ")
            raise PydanticCustomError(code, "{what}", {"what": sentence, "mend": mend}) from error

    return BeforeValidator(reading)


def _shown(value: object) -> str:
    return repr(value[:60]) if isinstance(value, str) else "this"


_WORD_SCHEMA: dict[str, Any] = {"type": ["string", "number", "boolean"]}

Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), WithJsonSchema(_WORD_SCHEMA)]
Id = Annotated[str, StringConstraints(pattern=r"^[\w][\w.\-]*$", max_length=120), WithJsonSchema(_WORD_SCHEMA)]
Near = Annotated[
    Literal["title", "sentence", "lead", "paragraph", "article"] | int,
    BeforeValidator(_near),
    WithJsonSchema(
        {"anyOf": [{"enum": ["title", "sentence", "lead", "paragraph", "article"]}, {"type": "integer", "minimum": 0}]}
    ),
]
Duration = Annotated[
    timedelta, BeforeValidator(_every), WithJsonSchema({"type": "string", "pattern": "^[0-9]+[smhd]$"})
]
TimeOfDay = Annotated[
    int, _read_by(times.time_of_day, "bad-time"), WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,2}:[0-9]{2}$"})
]
Day = Annotated[int, _read_by(times.day, "unknown-value"), WithJsonSchema({"enum": list(times.DAYS)})]
Zone = Annotated[str, _read_by(times.zone, "unknown-zone"), WithJsonSchema({"type": "string"})]
DigestWords = Annotated[
    DigestTime,
    _read_by(times.digest_time, "bad-digest"),
    WithJsonSchema({"type": "string", "pattern": "^(daily|weekdays|weekly [A-Za-z]+) [0-9]{1,2}:[0-9]{2}( .+)?$"}),
]
LevelWord = Literal["low", "medium", "high", "critical"]
Url = Annotated[str, BeforeValidator(_url), WithJsonSchema({"type": "string", "pattern": "^https?://"})]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CompanyEntry(_Model):
    """A watched organisation."""

    name: Word = Field(description="as people know it; matched in any case unless `exact` is true")
    id: Id | None = Field(default=None, description="made from the name when absent")
    aliases: list[Word] = Field(
        default=[], description="other names: any case, `word*` for all endings, `=Exact` for exact case"
    )
    tickers: list[Word] = Field(default=[], description="exact case, whole token")
    not_in: list[Word] = Field(default=[], description="phrases in which a name is not the company")
    only_with: list[Word] = Field(
        default=[], description="names count only when one of these stands in the article too"
    )
    tags: list[Word] = Field(default=[], description="groups that rules select with `tag:…`")
    exact: bool = Field(default=False, description="the name itself counts in exact case only")


class ExtendEntry(_Model):
    """Additions to a company that another list defines."""

    id: Word = Field(description="id or name of the company")
    aliases: list[Word] = []
    tickers: list[Word] = []
    not_in: list[Word] = []
    only_with: list[Word] = []
    tags: list[Word] = []


class TopicEntry(_Model):
    """A named group of terms."""

    id: Id
    weight: int = Field(default=1, ge=1, le=10, description="how grave a hit of this topic is")
    terms: list[Word] = Field(min_length=1, description="any case, `word*` for all endings, `=Exact` for exact case")
    not_in: list[Word] = Field(default=[], description="phrases that mask the terms inside them")


class ExampleText(_Model):
    """An article in small."""

    title: Word | None = None
    text: Word | None = None


def _example(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


Example = Annotated[ExampleText, BeforeValidator(_example, json_schema_input_type=str | ExampleText)]


class TestEntry(_Model):
    """A text that must fire the rule, or must not."""

    __test__ = False  # not a test of pytest's

    fires: Example | None = Field(default=None, description="a text, or title and text, that the rule must hit")
    quiet: Example | None = Field(default=None, description="a text, or title and text, that the rule must not hit")


class RuleEntry(_Model):
    """Which companies, together with which topics, how near, how grave, to which channel."""

    title: Word
    id: Id | None = Field(default=None, description="made from the title when absent")
    companies: list[Word] = Field(min_length=1, description="ids, names, aliases, tickers, `tag:…` or everyone")
    except_: list[Word] = Field(default=[], alias="except", description="companies taken away again")
    topics: list[Word] = Field(default=[], description="at least one of these topics")
    and_topics: list[Word] = Field(default=[], description="and every one of these")
    not_topics: list[Word] = Field(default=[], description="and none of these, in the whole article")
    near: Near = Field(default="sentence", description="how near company and topic must stand")
    about: Literal["subject", "mention"] = Field(default="subject", description="is the article about the company?")
    level: LevelWord = Field(default=Level.MEDIUM.value, description="the story's least level")
    channel: Word | None = Field(default=None, description="Slack channel; as `routes` say, else the default one")
    tags: list[Word] = Field(default=[], description="words by which `routes` choose a channel")
    digest: DigestWords | None = Field(
        default=None, description="daily 08:00, weekdays 08:00 or weekly mon 08:00: told then; critical stories at once"
    )
    mention: Word = Field(default="", description="Slack user, group or `here` that critical stories mention")
    status: Literal["live", "trial", "off"] = Field(default="live", description="trial: recorded, not told")
    owner: Word = Field(default="", description="who answers for the rule")
    notes: Word = ""
    tests: list[TestEntry] = []


class FeedEntry(_Model):
    """A source that is polled."""

    name: Word = Field(description="unique; the feed's history hangs on it")
    url: Url
    outlet: Word | None = Field(default=None, description="the publisher of its articles, where the feed has one")
    kind: Word = Field(default="newspaper", description="government, wire, newspaper, aggregator, …")
    every: Duration | None = Field(default=None, description="30s, 5m, 24h; adapts to the feed when absent")
    stale_after: Duration | None = Field(
        default=None, description="unhealthy when its newest entry is older; 90d for a feed that seldom has news"
    )
    full_text: bool = Field(default=False, description="fetch each new article's page")
    allow_private: bool = Field(default=False, description="true only for feeds inside your own network")
    tags: list[Word] = []


class QuietEntry(_Model):
    """Hours in which nobody is disturbed."""

    from_: TimeOfDay = Field(alias="from", description="22:00")
    to: TimeOfDay = Field(description="07:00; when it is not after `from`, on the next day")
    days: list[Day] = Field(
        default_factory=lambda: list(range(7)), min_length=1, description="on which they begin; every day when absent"
    )
    zone: Zone | None = Field(default=None, description="the channel's when absent")


def _one_or_many(value: object) -> object:
    return [value] if isinstance(value, str | dict) else value


QuietEntries = Annotated[
    list[QuietEntry], BeforeValidator(_one_or_many, json_schema_input_type=QuietEntry | list[QuietEntry])
]


class ChannelEntry(_Model):
    """A Slack channel, what is told there, and when."""

    name: Word
    min_level: LevelWord = Field(default=Level.LOW.value, description="stories below this level stay quiet there")
    zone: Zone = Field(default="UTC", description="for quiet hours and digests that name none, such as Europe/Berlin")
    quiet_hours: QuietEntries = Field(
        default=[], description="what is not critical waits for one digest at their end; one entry, or a list"
    )
    digest: DigestWords | None = Field(
        default=None, description="daily 08:00: everything that is not critical comes as one digest"
    )
    when_unsure: Literal["ask", "resend", "drop"] | None = Field(
        default=None, description="a post whose fate nobody can see; by default high and critical are sent again"
    )
    alerts_per_hour: int | None = Field(
        default=None, ge=0, le=100_000, description="new stories told in an hour, the rest as one digest; 0: all"
    )


class RouteEntry(_Model):
    """To which channel hits go whose rule names none; the first route that fits counts."""

    tags: list[Word] = Field(default=[], description="one of these among the rule's `tags`; any rule when absent")
    levels: list[LevelWord] = Field(default=[], description="the story's level; any when absent")
    channel: Word


class OutletEntry(_Model):
    """A publisher, with the names under which others credit it."""

    name: Word
    aliases: list[Word] = []
    domains: list[Word] = Field(default=[], description="hosts that are its own, subdomains included")
    kind: Word = "newspaper"
    tier: int = Field(default=2, ge=1, le=5, description="1 is best")
    family: Word = Field(default="", description="the publisher family, when several outlets share one")


_GROUPS = [group.value for group in Group]


def _group(value: object) -> object:
    if isinstance(value, str) and value.casefold() in _GROUPS:
        return Group(value.casefold())
    mend = did_you_mean(value, _GROUPS) if isinstance(value, str) else ""
    mend = mend or f"the groups are {', '.join(_GROUPS)}"
    raise PydanticCustomError("unknown-value", "{what} is no group of claims", {"what": _shown(value), "mend": mend})


ClaimGroup = Annotated[Group, BeforeValidator(_group), WithJsonSchema({"enum": _GROUPS})]


class ClaimEntry(_Model):
    """Words by which a claim is told: who says it, what becomes of it, what is acted on."""

    group: ClaimGroup = Field(description="what the terms are taken for")
    terms: list[Word] = Field(min_length=1, description="any case, `word*` for all endings, `=Exact` for exact case")
    not_in: list[Word] = Field(default=[], description="phrases in which the terms mean something else")


Words = Annotated[list[Word], BeforeValidator(_one_or_many, json_schema_input_type=str | list[str])]


class RuleFile(_Model):
    """A riskbot rule file: any of these keys, in any split over files."""

    use: Words = Field(default=[], description="shipped lists by name, such as riskbot/companies")
    extend: list[ExtendEntry] = Field(default=[], description="additions to companies that another list defines")
    companies: list[CompanyEntry] = []
    companies_from: Words = Field(default=[], description="CSV files beside this one: id,name,aliases,tickers,tags")
    topics: list[TopicEntry] = []
    rules: list[RuleEntry] = []
    feeds: list[FeedEntry] = []
    outlets: list[OutletEntry] = []
    channels: list[ChannelEntry] = Field(default=[], description="Slack channels, what is told there and when")
    routes: list[RouteEntry] = Field(default=[], description="channels by a rule's tags and a story's level")
    claims: list[ClaimEntry] = Field(default=[], description="words by which claims are told; see riskbot/claims")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One way in which the values of a file break the language, free of pydantic."""

    where: tuple[str | int, ...]  # keys and positions from the top of the file
    kind: str  # pydantic's name of it, or one of ours (those have a hyphen)
    said: str  # what is wrong, in words
    mend: str = ""
    expected: str = ""  # the values there are, where they are few


def validate(values: object) -> RuleFile | list[Mistake]:
    """The file's values as the models hold them, or everything that is wrong with them."""
    try:
        return RuleFile.model_validate(values)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    return [
        Mistake(
            e["loc"],
            e["type"],
            e["msg"],
            str(e.get("ctx", {}).get("mend", "")),
            str(e.get("ctx", {}).get("expected", "")),
        )
        for e in found
    ]


def keys_at(where: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys that may stand in the map at that place, for suggestions."""
    models: dict[str, type[_Model]] = {
        "companies": CompanyEntry,
        "extend": ExtendEntry,
        "topics": TopicEntry,
        "rules": RuleEntry,
        "feeds": FeedEntry,
        "outlets": OutletEntry,
        "channels": ChannelEntry,
        "quiet_hours": QuietEntry,
        "routes": RouteEntry,
        "claims": ClaimEntry,
        "tests": TestEntry,
        "fires": ExampleText,
        "quiet": ExampleText,
    }
    names = [part for part in where if isinstance(part, str) and part in models]
    model = models[names[-1]] if names else RuleFile
    return tuple(info.alias or name for name, info in model.model_fields.items())


def json_schema() -> dict[str, Any]:
    """The JSON Schema of rule files, for editors."""
    schema = RuleFile.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "riskbot rules"}
