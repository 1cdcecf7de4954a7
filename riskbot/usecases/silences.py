"""What people ask of silences: which there are, a new one, and the end of one.

What always holds: a silence names at least one thing, and what it names exists, so that a slip of the pen never
silences nothing while somebody relies on it; every silence says who made it and why. Outlets alone need not be known
beforehand, because feeds of many publishers bring new ones every day: one that no file names is taken, and doubted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from difflib import get_close_matches

from riskbot.errors import InputError
from riskbot.matching.rules import RuleSet
from riskbot.model import Feed, Level, Outlet
from riskbot.model.calm import Silence
from riskbot.policy.muting import story_of
from riskbot.policy.silences import KEYS, matches
from riskbot.ports import Store, Transaction
from riskbot.usecases.forms import Form
from riskbot.usecases.stories import find

LONGEST = 500  # characters of a comment


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that was done, though it may not have been meant so."""

    said: str
    mend: str


async def list_silences(store: Store, now: datetime, *, everything: bool = False) -> list[Silence]:
    """Those that hold now or will, the newest first; with everything those that are over, too."""
    found = [each for each in await store.silences() if everything or each.over(now) is None]
    return sorted(found, key=lambda each: int(each.id[1:]), reverse=True)


async def add_silence(store: Store, rules: RuleSet | None, silence: Silence, now: datetime) -> Silence:
    """Keep a silence (its `id` is not looked at). Raises InputError when it names nothing, or what is not there.

    Companies are kept by their id. Without `rules` names of rules, companies and topics are taken as they are.
    """
    if not silence.author.strip():
        raise InputError("the silence does not say who wants it", "name an author")
    if silence.ends is not None and silence.ends <= max(silence.starts, now):
        raise InputError("the silence would be over before it begins", "give it an end that lies ahead")
    if silence.ends is None and not silence.until_material:
        raise InputError("the silence has no end", "say how long (such as 2d), or until something material comes")
    given = {key: tuple(filter(None, map(str.strip, values))) for key, values in silence.matchers.items()}
    unknown = [key for key in given if key not in KEYS]
    if unknown:
        raise InputError(f"a silence cannot match by {unknown[0]!r}", f"the matchers are {', '.join(KEYS)}")
    if not any(given.values()):
        raise InputError("the silence names nothing", "name a rule, company, topic, outlet, story or level")
    matchers = {key: await _named(key, given[key], store, rules) for key in KEYS if given.get(key)}
    made = replace(silence, matchers=matchers, comment=silence.comment.strip()[:LONGEST], created_at=now)

    def work(tx: Transaction) -> str:
        id_ = tx.add_silence(made)
        if (muted := story_of(made)) and made.active(now):
            tx.refresh(muted, now)  # its message says so
        return id_

    return replace(made, id=await store.write(work))


def outlet_names(publishers: Iterable[Outlet], feeds: Iterable[Feed]) -> Mapping[str, str]:
    """The outlets that rule files name: what each is called, in lower case → the name that its articles carry."""
    publishers = tuple(publishers)
    known = {alias.strip("=*").casefold(): each.name for each in publishers for alias in each.aliases}
    names = [each.name for each in publishers] + [feed.outlet for feed in feeds if feed.outlet]
    return known | {name.casefold(): name for name in names}


def doubts(outlets: Iterable[str], known: Mapping[str, str]) -> list[Doubt]:
    """What is to be said of the outlets that a silence names; `known` as `outlet_names` gives it.

    An article is silenced by the name it carries, so that a name by which others call its outlet stops nothing.
    """
    names = set(known.values())
    found = []
    for pattern in map(str.strip, outlets):
        if not pattern or _meets_any(pattern, names):
            continue
        wanted = pattern.casefold().removesuffix("*")
        near = [wanted] if wanted in known else get_close_matches(wanted, known, n=1, cutoff=0.6)
        mend = (
            f"did you mean {known[near[0]]!r}?"
            if near
            else "write it as its articles do (`riskbot stories show` tells)."
        )
        carried = f"articles that carry {'such a' if pattern.endswith('*') else 'exactly that'} name"
        why = "is only what others call an outlet" if wanted in known else "is an outlet that no rule file names"
        found.append(Doubt(f"{pattern[:60]!r} {why}: nothing but {carried} is silenced", mend))
    return found


async def end_silence(store: Store, id_: str, by: str, now: datetime) -> Silence:
    """End a silence early. Raises InputError when there is none of that id, or when it is over already."""
    known = {each.id: each for each in await store.silences()}
    if id_ not in known:
        near = get_close_matches(id_.casefold(), known, n=1, cutoff=0.5)
        mend = f"did you mean {near[0]}?" if near else "`riskbot silences list` shows which there are"
        raise InputError(f"there is no silence {id_!r}", mend)

    def work(tx: Transaction) -> bool:
        return tx.end_silence(id_, by, now)

    if not await store.write(work):
        over = known[id_].over(now)
        when = f" since {over:%Y-%m-%d %H:%M} UTC" if over else ""
        raise InputError(f"silence {id_} is over{when}", "`riskbot silences list` shows those that hold")
    return next(each for each in await store.silences() if each.id == id_)


def silence_form(silence: Silence, now: datetime) -> Form:
    """A silence for machines."""
    return {
        "id": silence.id,
        "state": state(silence, now),
        "matchers": {key: list(values) for key, values in silence.matchers.items()},
        "starts": silence.starts.isoformat(),
        "ends": silence.ends.isoformat() if silence.ends else None,
        "until_material": silence.until_material,
        "author": silence.author,
        "comment": silence.comment,
        "ended_at": silence.ended_at.isoformat() if silence.ended_at else None,
        "ended_by": silence.ended_by,
        "held_back": silence.held,
    }


def state(silence: Silence, now: datetime) -> str:
    """`active`, `to come` or `over`."""
    if silence.over(now) is not None:
        return "over"
    return "active" if silence.active(now) else "to come"


async def _named(key: str, patterns: Sequence[str], store: Store, rules: RuleSet | None) -> tuple[str, ...]:
    """The matcher's values as they are kept."""
    if key == "story":
        return tuple([(await find(store, pattern)).id for pattern in patterns])
    if key == "level":
        levels = [str(level) for level in Level]
        return tuple(_known(key, pattern, {level: (level,) for level in levels}) for pattern in patterns)
    if key == "outlet" or rules is None:
        return tuple(patterns)
    names = _names(key, rules)
    return tuple(_known(key, pattern, names) for pattern in patterns)


def _names(key: str, rules: RuleSet) -> Mapping[str, Iterable[str]]:
    """What there is of a kind: id → everything it goes by."""
    if key == "rule":
        return {rule.id: (rule.id, rule.title) for rule in rules.rules}
    if key == "topic":
        return {topic.id: (topic.id,) for topic in rules.topics}
    return {
        each.id: (each.id, each.name, *(alias.text for alias in each.aliases), *each.tickers)
        for each in rules.companies
    }


def _known(key: str, pattern: str, names: Mapping[str, Iterable[str]]) -> str:
    """The id that the pattern means; a pattern that ends in `*` stays what it is. Raises InputError for nothing."""
    if pattern.endswith("*"):
        if any(
            matches(pattern, id_) or (key == "company" and _meets_any(pattern, known)) for id_, known in names.items()
        ):
            return pattern
    else:
        exact = [id_ for id_ in names if matches(pattern, id_)] or [
            id_ for id_, known in names.items() if _meets_any(pattern, known)
        ]
        if len(exact) == 1:
            return exact[0]
        if exact:
            raise InputError(f"{pattern!r} may be any of {', '.join(sorted(exact)[:8])}", "name one of them")
    folded = {name.casefold(): name for known in names.values() for name in known}
    near = get_close_matches(pattern.casefold().removesuffix("*"), folded, n=1, cutoff=0.6)
    mend = f"did you mean {folded[near[0]]!r}?" if near else f"`riskbot rules list` shows every {key} there is"
    if key == "level":
        mend = f"the levels are {', '.join(names)}"
    raise InputError(f"no {key} goes by {pattern!r}", mend)


def _meets_any(pattern: str, names: Iterable[str]) -> bool:
    return any(matches(pattern, name) for name in names)
