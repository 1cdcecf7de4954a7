"""What the speed of matching is measured on: companies, topics and rules made from a seed, and articles of 3 kB.

"N rules" means N companies, each with two aliases and a ticker, under rules of three topic groups of 20, 40 and 60
terms (one rule for each group, near: sentence, about: mention). Every other name begins with an ordinary word of
English, as company names do, so that the engine meets beginnings of names all over an article; the rest of it is made
up. The first ten companies are the same in every set, and one article in a hundred says of one of them what hits:
whatever N is, exactly the same articles hit. (Of real news, the shipped rules weigh one item in five hundred.)
"""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path

from riskbot.matching.rules import Company, Rule, RuleSet, Term, Topic
from riskbot.model import Article

LENGTH = 3_000  # characters of an article
_SYLLABLES = "ka ro mi ten val dor shi lan que zor bel tra nox fen gul hy ing osk pra wex".split()
_TRADE = "Holdings Industries Group Shipping Semiconductor Energy Technologies Logistics Bank Steel".split()
_ABOUT = (
    "military army navy soldiers weapons artillery sanctions embargo blacklist restrictions penalties memo document"
    " classified leaked intelligence espionage blockade warship missile"
).split()
_WORDS = (
    "the of to and a in that it said was for on with as at by from has have will be would its not this which market"
    " year government company shares people percent week report prices trade minister officials growth court plan deal"
    " city workers season team police country percentage analysts billion million after before between new first two"
).split()


def _word(chance: random.Random) -> str:
    return "".join(chance.choice(_SYLLABLES) for _ in range(chance.randint(2, 4))).capitalize()


def companies(number: int) -> tuple[Company, ...]:
    """So many companies; a longer list begins with a shorter one."""
    chance = random.Random(11)
    made = []
    for i in range(number):
        name = f"{chance.choice(_WORDS).capitalize() if i % 2 else _word(chance)} {_word(chance)}"
        other = f"{_word(chance)} {chance.choice(_WORDS).capitalize()} {chance.choice(_TRADE)}"
        ticker = f"{_word(chance)[:3].upper()}{i % 89}"
        made.append(Company(f"c{i}", name, (Term.parse(name), Term.parse(other)), (ticker,)))
    return tuple(made)


def topics() -> tuple[Topic, ...]:
    """Three groups of 20, 40 and 60 terms: words that articles use, and phrases that they do not."""
    chance = random.Random(12)
    made = []
    for name, size in (("military", 20), ("sanctions", 40), ("memo", 60)):
        words = _ABOUT if name == "military" else [f"{chance.choice(_ABOUT)} {_word(chance)}" for _ in range(size)]
        made.append(Topic(name, tuple(map(Term.parse, words))))
    return tuple(made)


def rule_set(number: int) -> RuleSet:
    """The set that "N rules" means."""
    chosen = companies(number)
    everyone = frozenset(company.id for company in chosen)
    groups = topics()
    rules = tuple(Rule(f"rule-{topic.id}", topic.id, everyone, (topic.id,), about="mention") for topic in groups)
    return RuleSet(chosen, groups, rules)


def articles(number: int, pile: Path) -> tuple[list[Article], str]:
    """Articles of about 3 kB, and in words what they are made of: real news items laid end to end, or made-up prose."""
    texts = _real(number, pile) if pile.is_file() else _made_up(number)
    chance = random.Random(13)
    named = companies(10)
    made = []
    for i, text in enumerate(texts):
        if i % 100 == 0:
            middle = text.find(" ", len(text) // 2)
            said = f" Officials said {chance.choice(named).name} supplies the military. "
            text = text[:middle] + "." + said + text[middle:]
        made.append(Article(id=f"a{i}", title=text[:80], text=text))
    what = "news items laid end to end" if pile.is_file() else "made-up prose"
    return made, what


def _real(number: int, pile: Path) -> list[str]:
    texts: list[str] = []
    text = ""
    with gzip.open(pile, "rt", encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line)
            text += f"{item.get('title') or ''}. {item.get('text') or ''}\n"
            if len(text) >= LENGTH:
                texts.append(text[: LENGTH + 100])
                text = ""
            if len(texts) == number:
                break
    return texts


def _made_up(number: int) -> list[str]:
    chance = random.Random(14)
    texts = []
    for _ in range(number):
        words: list[str] = []
        while sum(map(len, words)) + len(words) < LENGTH:
            sentence = [chance.choice(_WORDS) for _ in range(chance.randint(8, 24))]
            sentence[0] = sentence[0].capitalize()
            if not chance.randrange(12):
                sentence[-1] = chance.choice(_ABOUT)
            mark = chance.choice([".", ".", "’s end.", ", “he” said.", " – so far."])
            words += [*sentence[:-1], sentence[-1] + mark]
        texts.append(" ".join(words))
    return texts
