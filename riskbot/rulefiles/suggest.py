"""The nearest known name to a misspelt one, as the end of a sentence.

What always holds: bounded work, however long the word and however many the names.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST = 80  # characters; a longer word is no misspelling
MOST_GUESSES = 100  # suggestions a caller should ask for in one file: each looks through all names
_MOST = 3000  # names compared


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that the word was probably meant to be, or None."""
    wanted = word.casefold()
    if not wanted or len(wanted) > _LONGEST:
        return None
    near: dict[str, str] = {}
    for name in known:
        folded = name.casefold()
        # Comparing costs the square of the length: look only at names of about the length that share an end.
        if abs(len(folded) - len(wanted)) <= 3 and folded and (folded[0] == wanted[0] or folded[-1] == wanted[-1]):
            near.setdefault(folded, name)
            if len(near) >= _MOST:
                break
    found = get_close_matches(wanted, near, n=1, cutoff=0.7)
    return near[found[0]] if found else None


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """`did you mean 'military'?`, or the other mend when nothing is near."""
    name = nearest(word, known)
    return f"did you mean {name!r}?" if name else otherwise


def listing(names: Iterable[str], most: int = 12) -> str:
    """`a, b, c, …`: the names there are, not too many of them."""
    names = list(names)
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
