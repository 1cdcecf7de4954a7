"""Who acts: the states, and what stands for them in a headline.

What always holds: a capital, an adjective, a head of state and an institution mean their state; a state of a
federation is told from the federation itself and from its sisters. Words that mean something else more often than not
("turkey", "georgia", "house") stand here only together with the word that makes them certain.
"""

from __future__ import annotations

from collections.abc import Sequence

_STATES = """
us: usa america american americans washington trump biden pentagon congress senate senator senators congressman gop
  republican republicans democrat democrats fbi cia nsa doj ftc fcc cfius
cn: china chinese beijing xi prc
ru: russia russian russians moscow kremlin putin
ua: ukraine ukrainian ukrainians kyiv kiev zelensky zelenskyy
gb: uk britain british london westminster ofcom
eu: eu european europe brussels
nl: dutch netherlands
jp: japan japanese tokyo
kr: seoul
kp: pyongyang
tw: taiwan taiwanese taipei
de: germany german berlin
fr: france french paris
it: italy italian rome
es: spain spanish madrid
pt: portugal portuguese lisbon
pl: poland polish warsaw
cz: czech prague
at: austria austrian vienna
hu: hungary hungarian budapest
ro: romania romanian
bg: bulgaria bulgarian
gr: greece greek athens
rs: serbia serbian belgrade
be: belgium belgian
ie: ireland irish dublin
dk: denmark danish copenhagen
se: sweden swedish stockholm
no: norway norwegian oslo
fi: finland finnish helsinki
ee: estonia estonian
lv: latvia latvian
lt: lithuania lithuanian
ch: switzerland swiss
by: belarus belarusian minsk
kz: kazakhstan kazakh
tr: ankara erdogan turkish
ca: canada canadian ottawa
mx: mexico mexican
br: brazil brazilian
ar: argentina argentine
ve: venezuela venezuelan
cu: cuba cuban
au: australia australian canberra
in: india indian delhi modi
pk: pakistan pakistani islamabad
bd: bangladesh
np: nepal
lk: lanka
ph: philippine philippines manila
vn: vietnam vietnamese hanoi
id: indonesia indonesian
my: malaysia malaysian
sg: singapore
th: thailand thai
mm: myanmar
kh: cambodia cambodian
ir: iran iranian tehran
iq: iraq iraqi
il: israel israeli
ps: palestinian hamas
sy: syria syrian
lb: lebanon lebanese hezbollah
ye: yemen yemeni houthi houthis
qa: qatar qatari
ae: uae emirati
eg: egypt egyptian
za: pretoria
ng: nigeria nigerian
ke: kenya kenyan
et: ethiopia ethiopian
so: somalia somali
sd: sudan sudanese
af: afghanistan afghan taliban
un: un
nato: nato
us-ca: california
us-tx: texas
us-fl: florida
us-mt: montana
us-ut: utah
us-ar: arkansas
us-oh: ohio
us-in: indiana
us-va: virginia
us-md: maryland
us-nj: jersey
us-il: illinois
us-mi: michigan
us-az: arizona
us-nv: nevada
us-al: alabama
us-ga: atlanta
us-sc: carolina
us-sd: dakota
us-mn: minnesota
us-ma: massachusetts
us-pa: pennsylvania
us-tn: tennessee
us-ia: iowa
us-ok: oklahoma
us-ks: kansas
us-wi: wisconsin
"""
_IN_TWO_WORDS = {
    ("u", "s"): "us", ("united", "states"): "us", ("white", "house"): "us", ("house", "committee"): "us",
    ("commerce", "department"): "us", ("justice", "department"): "us", ("treasury", "department"): "us",
    ("state", "department"): "us", ("supreme", "court"): "us", ("united", "kingdom"): "gb",
    ("european", "union"): "eu", ("european", "commission"): "eu", ("the", "hague"): "nl", ("south", "korea"): "kr",
    ("south", "korean"): "kr", ("south", "koreas"): "kr", ("north", "korea"): "kp", ("north", "korean"): "kp",
    ("hong", "kong"): "hk", ("saudi", "arabia"): "sa", ("saudi", "arabian"): "sa", ("new", "zealand"): "nz",
    ("south", "africa"): "za", ("south", "african"): "za", ("united", "nations"): "un", ("new", "york"): "us-ny",
    ("sri", "lanka"): "lk",
}  # fmt: skip
NATIONS = {
    word: code
    for line in _STATES.replace("\n  ", " ").strip().splitlines()
    for code, _, rest in [line.partition(":")]
    for word in rest.split()
}


def nations(tokens: Sequence[str]) -> list[tuple[int, int, str]]:
    """The states named among folded words that kept their case: where each name begins and ends, and which it is."""
    found: list[tuple[int, int, str]] = []
    place = 0
    while place < len(tokens):
        word = tokens[place]
        small = word.lower()
        two = _IN_TWO_WORDS.get((small, tokens[place + 1].lower())) if place + 1 < len(tokens) else None
        # "Us" and "us" are a pronoun, "US" is not; and nobody polishes what Polish ministers say.
        one = ("us" if word == "US" else NATIONS.get(small)) if word[:1].isupper() else None
        if two:
            found.append((place, place + 2, two))
            place += 2
        else:
            if one:
                found.append((place, place + 1, one))
            place += 1
    return found


def differ(one: str | None, other: str | None) -> bool:
    """Whether these are two states for certain; a federation may act through one of its states."""
    if one is None or other is None or one == other:
        return False
    return not (one.startswith(f"{other}-") or other.startswith(f"{one}-"))
