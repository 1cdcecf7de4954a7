"""What a headline says was done, and by which state.

What always holds: a headline is read by its main clause, for what stands behind "after", "amid" or "as" is the
occasion, and the occasion is another event; a verb, its noun and its commonest synonyms are one deed; a state acts
where it stands before the first deed and not as somebody's adjective ("US chipmaker") or aim ("to China").

Two reports of one event name one deed and one actor; the ban and its condemnation, the pause and the return, the same
ban by another government differ here while their other words agree. The table is plain English of headlines; other
languages have no deeds, and are compared without.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from riskbot.stories.nations import nations
from riskbot.stories.words import stem
from riskbot.text.normalise import fold

_DEEDS = """
restrict: ban bans banned banning bar bars barred block blocks blocked prohibit prohibited restrict restricts restricted
  restriction restrictions curb curbs limit limits outlaw crackdown tighten embargo forbid forbids exclude excludes
sanction: sanction sanctions sanctioned sanctioning blacklist blacklists blacklisted blacklisting designate designated
probe: probe probes probing investigate investigation inquiry review reviews scrutinise scrutinize scrutiny examine
  audit subpoena questions raid raids
fine: fine fines fined penalty penalties settle settles settlement settled pay pays forfeit
charge: charge charges charged indict indicts indicted indictment prosecute prosecuted
sue: sue sues sued suing lawsuit lawsuits complaint
convict: guilty convict convicted conviction plead pleads pleaded verdict acquitted
sentence: sentence sentenced sentencing jail jailed prison imprisoned
rule: ruling rules ruled judge court dismisses upholds overturns
arrest: arrest arrests arrested detain detains detained custody extradite extradited
seize: seize seizes seized confiscate confiscates
accuse: accuse accuses accused accusing accusation accusations allege alleges alleged allegedly allegation allegations
  blame blames blamed claim claims
deny: deny denies denied denial reject rejects rejected refute refutes baseless false defend defends defended
condemn: condemn condemns condemned slam slams slammed blast blasts criticise criticises criticised criticize criticizes
  criticized decry decries oppose opposes opposed protest protests outrage fury backlash retaliate retaliation
demand: urge urges urged demand demands demanded call calls ask asks asked request push pushes want wants seek seeks
  sought press appeal appeals plea lobby
warn: warn warns warned warning threaten threatens threatened threat fear fears
consider: consider considers considering mull mulls weigh weighs plan plans planning planned propose proposes proposed
  proposal eye eyes prepare prepares preparing aim aims intend may could might
market: share shares stock stocks plunge plunges tumble tumbles slump slumps slide slides slid soar soars rally rallies
  valuation capitalization capitalisation surge surges sink wipe wiped value drop drops
earnings: earnings profit profits revenue revenues quarter quarterly results forecast guidance outlook
pause: pause pauses paused halt halts halted suspend suspends suspended suspension freeze freezes stop stops stopped
  cease ceases delay delays delayed postpone postpones
end: end ends ended cancel cancels canceled cancelled scrap scraps abandon abandons abandoned ditch ditches shut shuts
  close closes closing withdraw withdraws exit exits pull pulls drop drops
resume: resume resumes resumed restart restarts reopen reopens lift lifts lifted ease eases return returns returned
  restore restores
reroute: reroute reroutes divert diverts diverted avoid avoids redirect redirects detour bypass
attack: attack attacks attacked strike strikes struck missile missiles bomb bombs bombed hit hits target targets
  targeted fire fires shell invade
kill: kill kills killed sink sinks sank destroy destroys destroyed shoot shoots shot down downs downed intercept
die: die dies died dead death deaths
admit: admit admits admitted acknowledge acknowledges acknowledged confirm confirms confirmed concede concedes
deal: buy buys bought acquire acquires acquired acquisition sell sells sold sale bid bids stake stakes merge merger
  deal deals takeover agree agrees agreed purchase rescue
contract: win wins won award awards awarded contract contracts order orders secure secures
jobs: layoff layoffs lay job jobs fired hiring workers staff strike union
resign: resign resigns resigned step steps stepping quit quits leave leaves leaving depart departs departure ousted oust
  replace replaces
appoint: appoint appoints appointed name names named hire hires hired nominate nominates
launch: launch launches launched unveil unveils unveiled reveal reveals revealed introduce introduces release releases
  released announce announces announced debut
allow: allow allows allowed approve approves approved approval permit permits clear clears cleared license licence
  licenses grant grants exemption waive waiver
adopt: adopt adopts adopted pass passes passed vote votes voted sign signs signed bill legislation
hack: hack hacks hacked hacking hackers hacker breach breaches breached cyberattack ransomware malware
leak: leak leaks leaked leaking
steal: steal steals stole stolen stealing theft
spy: spy spies spying espionage surveillance
evade: evade evades evading dodge dodges skirt skirts circumvent circumvents smuggle smuggling
aid: aid aids aided help helps helped assist assists assisted support supports supported supply supplies supplied
meet: meet meets met talks talk visit visits visited summit
invest: invest invests investment fund funds funding raise raises raised
build: build builds building built construct factory plant
testify: testify testifies testified testimony hearing grilled grill
elect: elect elected election poll polls
move: move moves relocate relocates shift shifts
find: find finds found discover discovers discovered study
rise: rises rose increase increases grow grows record higher up
fall: falls fell fall decrease cut cuts cutting lower reduce reduces slash slashes loses lose lost
"""
_OF: dict[str, frozenset[str]] = {}
for _line in _DEEDS.replace("\n  ", " ").strip().splitlines():
    _deed, _, _words = _line.partition(":")
    for _word in _words.split():
        _OF[stem(_word)] = _OF.get(stem(_word), frozenset()) | {_deed}

_OCCASION = re.compile(
    r"\b(?:after|amid|as|over|following|despite|because|since|when|while|once|in response to|in retaliation|"
    r"on reports|on concerns|due to|with)\b",
    re.IGNORECASE,
)
_OCCASION_FIRST = re.compile(r"\s*(?:After|Amid|As|Following|Despite|When|While|With|Since)\b[^,]*,\s*")
_FEWEST = 3  # words a clause needs to be one
# Behind these a state is an aim or an object, not who acts.
_TOWARDS = frozenset("to against on with for from of over into at about toward towards between via".split())
# Before these it is an adjective.
_WHOSE = frozenset(
    """chipmaker chipmakers firm firms company companies giant giants maker makers tech startup startups chip chips
    start telecom automaker carmaker bank banks oil energy shipping consumers users customers stock stocks share shares
    market markets investor investors exporter exporters manufacturer manufacturers retailer conglomerate billionaire
    """.split()
)


@dataclass(frozen=True, slots=True)
class Deeds:
    """What a headline says was done."""

    main: frozenset[str] = frozenset()  # in its main clause
    beside: frozenset[str] = frozenset()  # elsewhere in it
    actor: str | None = None  # the state that acts; None: none, or not certain


NO_DEEDS = Deeds()


def deeds(headline: str) -> Deeds:
    """The deeds of a headline and who did them."""
    clause = main_clause(headline)
    exact = fold(clause, keep_case=True).text.split()
    stems = [stem(token.lower()) for token in exact]
    main = frozenset[str]().union(*(_OF[word] for word in stems if word in _OF))
    whole = frozenset[str]().union(*(_OF[w] for w in map(stem, fold(headline).text.split()) if w in _OF))
    return Deeds(main, whole - main, _actor(exact, stems))


def main_clause(headline: str) -> str:
    """The headline without the clause that tells its occasion; all of it where little would be left."""
    first = _OCCASION_FIRST.match(headline)
    if first:
        headline = headline[first.end() :]
    for occasion in _OCCASION.finditer(headline):
        head = headline[: occasion.start()]
        return head if len(head.split()) >= _FEWEST else headline
    return headline


def _actor(exact: Sequence[str], stems: Sequence[str]) -> str | None:
    named = nations(exact)
    states = {place for start, end, _ in named for place in range(start, end)}
    done = next((place for place, word in enumerate(stems) if word in _OF and place not in states), len(exact))
    aside: str | None = None  # "… by Canada", "… in Italy": who acts where nobody else does
    for start, end, state in named:
        before = next((w for w in map(str.lower, reversed(exact[:start])) if w not in ("the", "a", "an")), "")
        after = exact[end].lower() if end < len(exact) else ""
        if before in _TOWARDS or after in _WHOSE:
            continue
        if before in ("by", "in"):
            aside = aside or state
        elif start <= done:
            return state
    return aside
