"""What a story rests on: whose reporting it all is, who retells whom, and who that is entitled to says it is so.

What always holds: origins and confirmations are two counts. An origin is a known outlet that reports by itself, or
that the text credits; aggregators, reposts and unknown outlets are none, and of one publisher family there is one.
What a government's own site says is an origin of its own. A confirmation is a named authority, or the company itself,
saying that it is so or acting on it; an authority counts once, with or without its state; a copy adds none, and what
only an unknown outlet tells of is not counted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from riskbot.model import Claim, Member, Outlet, Standing
from riskbot.stories.authorities import OFFICES, authority
from riskbot.stories.ledger import Speakers
from riskbot.stories.outlets import Outlets
from riskbot.stories.reposts import reposts

How = Literal["credits", "repeats", "carries"]


@dataclass(frozen=True, slots=True)
class Retelling:
    """An article that retells somebody else's."""

    article: str  # its id
    outlet: str | None  # who retells; None: not known
    of: str  # the outlet whose reporting it is, or the id of the article it repeats where no outlet is known
    how: How  # it credits it, repeats its words, or says that it carries it


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a story rests on."""

    origins: tuple[str, ...] = ()  # outlets, in order of appearance, one of each family
    origins_read: tuple[str, ...] = ()  # those of them of which an own article is among the story's
    retells: tuple[Retelling, ...] = ()
    confirmations: int = 0  # different speakers entitled to say so, who do
    official: int = 0  # authorities that acted; acts of nobody named count as one


def evidence(members: Sequence[Member], outlets: Outlets) -> Evidence:
    """The evidence of a story, from its articles in the order in which they joined."""
    copies = reposts(members, outlets)
    origins: dict[str, str] = {}  # family → name
    read: dict[str, None] = {}
    retells: list[Retelling] = []
    for place, member in enumerate(members):
        retold = _retelling(place, members, copies, outlets)
        if retold:
            retells.append(retold)
        name = _origin(member, retold, outlets)
        if name:
            origins.setdefault(outlets.family(name), name)
            if not retold:
                read[outlets.family(name)] = None
    return Evidence(
        origins=tuple(origins.values()),
        origins_read=tuple(name for family, name in origins.items() if family in read),
        retells=tuple(retells),
        confirmations=_confirmations(members, outlets),
        official=acts(members, outlets),
    )


def publisher(member: Member, outlets: Outlets) -> Outlet | None:
    """The known outlet whose article it is: as its feed says, else by its address."""
    article = member.reading.article
    return outlets.named(article.outlet) or outlets.at(article.url)


def _retelling(place: int, members: Sequence[Member], copies: Mapping[int, int], outlets: Outlets) -> Retelling | None:
    """Whom an article retells, if anybody: as its text says, else as its words show, else as its page says."""
    reading, own = members[place].reading, publisher(members[place], outlets)
    outlet = own.name if own else reading.article.outlet
    if own and own.kind == "government":
        return None  # an authority speaks for itself, whoever else has written of it
    if reading.origin and reading.origin != outlet:
        return Retelling(reading.article.id, outlet, reading.origin, "credits")
    carried = next((name for name in reading.credits if name != outlet), None)
    if place in copies and not carried:
        of = _repeated(place, outlet, members, copies, outlets)
        return Retelling(reading.article.id, outlet, of, "repeats") if of else None
    return Retelling(reading.article.id, outlet, carried, "carries") if carried else None


def _repeated(
    place: int, outlet: str | None, members: Sequence[Member], copies: Mapping[int, int], outlets: Outlets
) -> str | None:
    """Whose words an article repeats: an outlet, or an article where that is not known; None: they are its own."""
    first = members[copies[place]]
    if outlet is not None and outlet in (first.reading.origin, *first.reading.credits):
        return None  # the earlier one says itself that it has them from here
    source, known = _retelling(copies[place], members, {}, outlets), publisher(first, outlets)
    of = source.of if source else known.name if known else first.reading.article.outlet
    if of is None:
        return first.reading.article.id
    return of if of != outlet else None


def _origin(member: Member, retold: Retelling | None, outlets: Outlets) -> str | None:
    """Whose reporting an article is, where that is known and counts."""
    own = publisher(member, outlets)
    name = retold.of if retold else own.name if own else None
    if own and not retold and own.kind == "government":
        return own.name
    known = outlets.named(name)
    return known.name if known and outlets.reports(known.name) else None


def _counted(member: Member, outlets: Outlets) -> bool:
    """Whether what an article tells may be relied on: a known outlet's, or one that names a known origin."""
    own = publisher(member, outlets)
    return bool(member.reading.origin) or (own is not None and (own.kind == "government" or outlets.reports(own.name)))


def _told(members: Sequence[Member], outlets: Outlets, *statuses: Standing) -> list[Claim]:
    return [
        claim
        for member in members
        if _counted(member, outlets)
        for claim in member.reading.claims
        if claim.status in statuses and claim.bearing != "aside"
    ]


def _confirmations(members: Sequence[Member], outlets: Outlets) -> int:
    told = _told(members, outlets, Standing.CONFIRMED, Standing.OFFICIAL)
    entitled = {claim.speaker for claim in told if claim.bearing == "entitled" and claim.speaker}
    return len(_meant(entitled, members, outlets))


def acts(members: Sequence[Member], outlets: Outlets) -> int:
    """How many authorities acted; acts of nobody named count as one."""
    told = _told(members, outlets, Standing.OFFICIAL)
    return len(_meant({claim.speaker for claim in told if claim.speaker}, members, outlets)) or int(bool(told))


def _meant(names: Collection[str], members: Sequence[Member], outlets: Outlets) -> set[str | None]:
    """Who is meant by names, each speaker once; an authority with and without its country is one."""
    if not names:
        return set()
    speakers = Speakers(members, outlets)
    return _authorities({speakers.name(name) for name in names})


def _authorities(names: Collection[str | None]) -> set[str | None]:
    """One name for each authority, and every other name; no state beside an authority of its own.

    "Treasury", "U.S. Treasury" and "Treasury Department" are one, and "U.S." beside them is nobody else; where two
    states have such an authority, the name without a state means one of them and adds none.
    """
    read = {name: authority(name) for name in sorted(names, key=lambda name: (-len(name or ""), name or ""))}
    bodies = {body: {state for state, other in read.values() if other == body} for _, body in read.values() if body}
    acting = {state for states in bodies.values() for state in states if state}
    states = {state for state, body in read.values() if state and not body}
    if len(states) == 1 and any(None in of and any(word in OFFICES for word in body) for body, of in bodies.items()):
        acting |= states  # the one state named is that of the authority whose state nobody names
    found: dict[object, str | None] = {}
    for name, (state, body) in read.items():
        if body:
            known = state or min(bodies[body] - {None}, default=None)  # type: ignore[type-var]
            found.setdefault((known, body), name)
        elif state is None:
            found.setdefault(name, name)
        elif state not in acting:
            found.setdefault(state, name)
    return set(found.values())
