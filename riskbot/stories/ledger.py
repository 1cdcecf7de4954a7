"""The ledger of a story: who said what of the event, each once.

What always holds: one claim for each standing and speaker, the earliest, in order of time; one speaker under two
spellings ("FT", "the Financial Times"; "Alibaba", "Alibaba Group"; a body and its document) is one, called by the
fuller name; what concerns somebody else is left out; a claim of nobody stands only where nobody is named. A retraction
is a standing of its own and stands beside what it takes back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from riskbot.model import Claim, Member, Standing
from riskbot.stories.authorities import authority
from riskbot.stories.outlets import Outlets

_NO_TIME = datetime.max.replace(tzinfo=UTC)  # sorts behind every known time
_FORMS = frozenset(
    "group holding holdings inc incorporated ltd limited corp corporation co company plc ag sa se nv llc gmbh".split()
)
# A document speaks for the body whose it is.
_PAPERS = frozenset(
    "memo memos memorandum document documents report letter cable dossier assessment indictment".split()
)
_SAME = {"u.s": "us", "united states": "us", "usa": "us", "america": "us", "u.k": "uk", "united kingdom": "uk"}
_SAME |= {"britain": "uk", "e.u": "eu", "european union": "eu", "u.n": "un", "united nations": "un"}
_AUTHORITY = "authority of "  # how the key of a body begins

# Where a name of two words is no person's, its last word is somebody else: "Air China".
_NO_GIVEN_NAME = frozenset(
    """air bank china first new north south east west royal national united american british chinese russian state white
    red great us uk eu european foreign defence defense federal supreme central high the""".split()
)
_PLACES = frozenset(
    """us uk eu un china russia ukraine iran israel india japan taiwan korea germany france italy spain poland turkey
    canada australia brazil mexico netherlands washington beijing moscow london brussels berlin paris tokyo delhi
    tehran kyiv ministry department government court police embassy house commission council agency office bank
    group""".split()
)


class Speakers:
    """Who is meant by the names in a story's claims."""

    def __init__(self, members: Sequence[Member], outlets: Outlets) -> None:
        self._outlets = outlets
        self._companies: dict[str, str] = {}  # a name in small letters → the company's
        self._known_as: dict[str, str] = {}  # what was asked already: the articles of a story name the same few
        for member in members:
            for hit in member.reading.hits:
                for name in (hit.company_name, *(span.text for span in hit.spans if span.topic is None)):
                    self._companies.setdefault(name.casefold(), hit.company_name)
        found = {self._known(claim.speaker) for m in members for claim in m.reading.claims if claim.speaker}
        self._keys = _merged(found)  # a name as known → the fullest name for the same speaker

    def name(self, speaker: str | None) -> str | None:
        """What a speaker is called in this story; the same for every spelling."""
        if not speaker:
            return None
        known = self._known(speaker)
        return self._keys.get(known, known)

    def _known(self, speaker: str) -> str:
        """The name under which a company or an outlet is known, else the name as it stands."""
        if speaker not in self._known_as:
            self._known_as[speaker] = self._find(speaker)
        return self._known_as[speaker]

    def _find(self, speaker: str) -> str:
        words = speaker.split()
        for end in range(len(words), 0, -1):
            company = self._companies.get(" ".join(words[:end]).casefold())
            if company and all(word.strip(".,").casefold() in _FORMS for word in words[end:]):
                return company
        outlet = self._outlets.named(speaker)
        return outlet.name if outlet and outlet.kind != "government" else speaker


def _merged(names: Iterable[str]) -> dict[str, str]:
    """For each name the fullest one that means the same speaker; where several may be meant, each stays itself."""
    fullest: dict[str, str] = {}  # key → name
    means: dict[str, set[str]] = {}  # a shorter key → the fuller ones it may mean
    merged: dict[str, str] = {}
    for name in sorted(names, key=lambda name: (-len(name), name)):
        key = _key(name)
        meant = means.get(key, set())
        if key not in fullest and len(meant) == 1:
            merged[name] = fullest[next(iter(meant))]
            continue
        merged[name] = fullest.setdefault(key, name)
        for shorter in _shorter(key):
            means.setdefault(shorter, set()).add(key)
    return merged


def _shorter(key: str) -> Iterator[str]:
    """What a key may be cut to: "chinese embassy (in washington)", "(andy) rothman", "(us) treasury"."""
    if key.startswith(_AUTHORITY):
        state, _, body = key.removeprefix(_AUTHORITY).partition(":")
        if state:
            yield f"{_AUTHORITY}:{body}"
        return
    for link in (" in ", " of "):
        head, _, rest = key.partition(link)
        if rest and " " in head:
            yield head
    words = key.split()
    if 2 <= len(words) <= 3 and words[0] not in _NO_GIVEN_NAME and words[-1] not in _PLACES:
        yield words[-1]


def _key(name: str) -> str:
    state, body = authority(name)
    if body:
        return f"{_AUTHORITY}{state or ''}:{' '.join(sorted(body))}"
    words = name.casefold().replace("’", "'").removeprefix("the ").split()
    words = [_SAME.get(word.strip(".,"), word.strip(".,")) for word in words]
    key = " ".join(words)
    return _SAME.get(key, key)


def ledger(members: Sequence[Member], outlets: Outlets) -> tuple[Claim, ...]:
    """The claims of a story, earliest first."""
    speakers = Speakers(members, outlets)
    found: dict[tuple[Standing, str | None], Claim] = {}
    for claim in sorted((c for m in members for c in m.reading.claims), key=lambda claim: claim.at or _NO_TIME):
        if claim.bearing == "aside":
            continue
        name = speakers.name(claim.speaker)
        # What a body's document alleges the body alleges: they stand once, under the more careful name.
        who = _body(name) if name and claim.status is Standing.ALLEGED else name
        known = found.get((claim.status, who))
        if known is None:
            found[claim.status, who] = replace(claim, speaker=name)
            continue
        better = "entitled" if "entitled" in (claim.bearing, known.bearing) else known.bearing
        fuller = name if len(name or "") > len(known.speaker or "") else known.speaker
        if (fuller, better) != (known.speaker, known.bearing):
            found[claim.status, who] = replace(known, speaker=fuller, bearing=better)
    named = {status for status, name in found if name}
    return tuple(claim for (status, name), claim in found.items() if name or status not in named)


def _body(name: str) -> str:
    """Whose document it is: "White House" of "White House memo"."""
    words = name.split()
    while len(words) > 1 and words[-1].casefold() in _PAPERS:
        words.pop()
    return " ".join(words)
