"""Whether a topic's term speaks of a fact or of a possibility.

What always holds: only words of the same sentence decide, and of those only words that can govern the term: what
stands after it, or in another clause, does not. Deliberately absent: who says so (that is a claim's standing).

Method: hedge cues that precede the term in its clause, after the scope rules of speculation detection
(W. W. Chapman et al., NegEx, 2001; V. Vincze et al., the BioScope corpus, 2008), reduced to English cues and distance.
"""

from __future__ import annotations

import re

from riskbot.model import Modality

# Cues that make what follows them a possibility, for so many words. The look-ahead holds their first letters: it
# spares most words the long list.
_REACH = 9
_WINDOW = 200  # characters looked back over: more than so many words take
_CUE = re.compile(
    r"(?<!\w)(?=[acdefhilmprstuvw])(?:could|may|might|would|can|should|possibl[ey]|possibility|potential(?:ly)?|"
    r"likely|unlikely|perhaps|maybe|"
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


def modality(text: str, begin: int, start: int) -> Modality:
    """The modality of a term that stands at `start` of a text, in a sentence that begins at `begin`."""
    clause = max(begin, start - _WINDOW)
    for match in _CLAUSE_END.finditer(text, clause, start):
        clause = match.end()
    cue_end = None
    for match in _CUE.finditer(text, clause, start):
        cue_end = match.end()
    if cue_end is None:
        return Modality.ACTUAL
    words_between = len(text[cue_end:start].split())
    return Modality.POSSIBLE if words_between <= _REACH else Modality.ACTUAL
