"""Who an authority's name means: its state, and the body without it.

What always holds: one body under its usual names is one: "Treasury Department", "Department of the Treasury" and "the
Treasury"; "DOJ" and "Justice Department"; "China's embassy" and "Chinese embassy". A firm that is named after a state
is no authority of it. Deliberately absent: which state a name without one means.
"""

from __future__ import annotations

import re

from riskbot.stories.nations import nations

# What makes a name that of an authority; "China Mobile" and "Bank of China" have none of these.
OFFICES = frozenset(
    """treasury commerce justice department ministry minister commission court courts parliament congress senate house
    council agency embassy prosecutor prosecutors prosecutor's police customs regulator regulators watchdog judge jury
    cabinet secretary tribunal navy army pentagon kremlin""".split()
)
_GOVERNMENT = frozenset("government authorities authority administration official officials federal the".split())
_FILLING = frozenset("department dept of the for in on and s".split())
# What means a state without being its name: "Congress", "Putin".
_IN_ITS_NAME = frozenset(
    """trump biden pentagon congress senate senator senators congressman gop republican republicans democrat democrats
    fbi cia nsa doj ftc fcc cfius xi kremlin putin zelensky zelenskyy westminster ofcom erdogan modi hamas hezbollah
    houthi houthis house department court committee commission""".split()
)
# Short names of bodies, as those write them themselves on their own sites, with the words of their full ones.
_SHORT = {
    "Pentagon": ("us", "defence"),
    "PENTAGON": ("us", "defence"),
    "DOD": ("us", "defence"),
    "DoD": ("us", "defence"),
    "DOJ": ("us", "justice"),
    "DOC": ("us", "commerce"),
    "SEC": ("us", "securities exchange commission"),
    "FTC": ("us", "trade commission"),
    "FCC": ("us", "communications commission"),
    "FDA": ("us", "food drug administration"),
    "FBI": ("us", "bureau investigation"),
    "CIA": ("us", "central intelligence agency"),
    "NSA": ("us", "national security agency"),
    "DHS": ("us", "homeland security"),
    "BIS": ("us", "bureau industry security"),
    "OFAC": ("us", "office foreign assets control"),
    "CFIUS": ("us", "committee foreign investment"),
    "MOFCOM": ("cn", "commerce ministry"),
    "SAMR": ("cn", "state market regulation"),
    "CAC": ("cn", "cyberspace"),
    "METI": ("jp", "economy trade industry ministry"),
    "FCA": ("gb", "financial conduct"),
    "CMA": ("gb", "competition markets"),
    "OFSI": ("gb", "office financial sanctions implementation"),
    "MI5": ("gb", "security service"),
}
_WORD = re.compile(r"[^\W_]+")


def _body(words: list[str]) -> frozenset[str]:
    kept = [word for word in words if word not in _GOVERNMENT]
    return frozenset(kept) - _FILLING or frozenset(kept)


_FULL = frozenset(_body(written.split()) for _, written in _SHORT.values())


def authority(name: str | None) -> tuple[str | None, frozenset[str]]:
    """The state that a name tells of, and the words of the authority without it; neither: it is no authority's."""
    words = _WORD.findall((name or "").replace(".", ""))
    low = [word.lower().replace("defense", "defence") for word in words]
    found = nations(words)
    places = [each for each in found if not any(word in _IN_ITS_NAME for word in low[each[0] : each[1]])]
    named = {place for start, end, _ in places for place in range(start, end)}
    state = next((code for _, _, code in places or found), None)
    rest = [place for place, word in enumerate(low) if place not in named and word not in _GOVERNMENT | {"s"}]
    if not rest:
        return state, frozenset()
    short = _SHORT.get(words[rest[0]]) if len(rest) == 1 else None
    if short:
        return (state if places else short[0]), _body(short[1].split())
    body = _body([low[place] for place in rest])
    if body in _FULL or any(low[place] in OFFICES or low[place] in _IN_ITS_NAME for place in rest):
        return state, body
    return None, frozenset()
