"""What one sentence was found to say, before anybody asks what "it" stands for."""

from __future__ import annotations

from dataclasses import dataclass

from riskbot.model import Standing
from riskbot.stories.claims.phrases import Phrase
from riskbot.stories.claims.speakers import NOBODY, Speaker


@dataclass(frozen=True, slots=True)
class Finding:
    """A standing in a sentence."""

    status: Standing
    place: int  # the word that tells it
    speaker: Speaker = NOBODY
    on: Phrase | None = None  # whom an act falls on, or what is confirmed; None: the sentence does not say


def past(word: str) -> bool:
    """Whether a verb's form tells what was done, or is done in the passive."""
    return word.endswith("ed") or word in _IRREGULAR


_IRREGULAR = frozenset(
    """put found sold withdrew withdrawn took taken froze frozen forced told hit sued brought shut cut set led upheld
    overturned struck made issued given paid said held known seen""".split()
)
