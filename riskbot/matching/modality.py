"""Whether a topic's term speaks of a fact or of a possibility.

What always holds: only words of the same sentence decide, and of those only words that can govern the term: what
stands after it, or in another clause, does not. Deliberately absent: who says so (that is a claim's standing).

Method: hedge cues that precede the term in its clause, after the scope rules of speculation detection
(W. W. Chapman et al., NegEx, 2001; V. Vincze et al., the BioScope corpus, 2008), reduced to English cues and distance.
"""

from __future__ import annotations

import re

from riskbot.model import Modality

# Cues that make what follows them a possibility, for so many words.
_REACH = 9
_CUE = re.compile(
    r"\b(?:could|may|might|would|can|should|possibl[ey]|possibility|potential(?:ly)?|likely|unlikely|perhaps|maybe|"
    r"probabl[ey]|risks?(?:\s+of)?|risking|threat(?:s|en|ens|ened|ening)?(?:\s+(?:of|to|with))?|fear(?:s|ed|ing)?|"
    r"worr(?:y|ies|ied)|concern(?:s|ed)?\s+(?:over|about|that)|prospects?\s+of|speculat\w+|"
    r"consider(?:s|ed|ing)?|weigh(?:s|ed|ing)?|mull(?:s|ed|ing)?|eye(?:s|d|ing)|plan(?:s|ned|ning)?\s+(?:to|for|on)|"
    r"propos(?:e|es|ed|ing|al|als)|call(?:s|ed|ing)?\s+(?:for|on)|urg(?:e|es|ed|ing)|push(?:es|ed|ing)?\s+for|"
    r"seek(?:s|ing)?\s+to|if|whether|unless|in\s+case(?:\s+of)?|hypothetical|prepar(?:e|es|ed|ing)\s+(?:to|for)|"
    r"expected\s+to|set\s+to|poised\s+to|looming|further\s+scrutiny\s+or|vulnerable\s+to|exposed?\s+to|avoid(?:s|ed|ing)?|"
    r"ahead\s+of|pending|discuss(?:es|ed|ing)?|debat(?:e|es|ed|ing)|ask(?:s|ed|ing)?\s+for|demand(?:s|ed|ing)?)\b",
    re.IGNORECASE,
)
# A clause ends here; a cue does not reach over it.
_CLAUSE_END = re.compile(
    r"[;:—–]|\s-\s|,\s+(?:but|while|which|who|after|although|though|as|and\s+(?:has|have|was|were))\b"
)


def modality(sentence: str, start: int) -> Modality:
    """The modality of a term that begins at `start` of its sentence."""
    before = sentence[:start]
    cut = 0
    for match in _CLAUSE_END.finditer(before):
        cut = match.end()
    clause = before[cut:]
    cues = list(_CUE.finditer(clause))
    if not cues:
        return Modality.ACTUAL
    words_between = len(clause[cues[-1].end() :].split())
    return Modality.POSSIBLE if words_between <= _REACH else Modality.ACTUAL
