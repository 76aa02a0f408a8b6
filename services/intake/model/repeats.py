"""How much of a text was said before: shingles of characters, which need no word boundaries (decision 0074)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

SHINGLE = 4
"""Characters in a shingle: about two Chinese words."""


def repeated_share(text: str, earlier: Iterable[str]) -> float:
    """The share of `text`, 0 to 1, whose shingles occur in any of the earlier texts; punctuation, width, case and
    blanks do not count. 0 for a text of punctuation alone."""
    own = shingles(text)
    if not own:
        return 0.0
    said = frozenset[str]().union(*map(shingles, earlier))
    return len(own & said) / len(own)


def shingles(text: str, length: int = SHINGLE) -> frozenset[str]:
    """All runs of `length` letters and digits; a shorter text is one shingle."""
    plain = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))
    if len(plain) <= length:
        return frozenset({plain} if plain else ())
    return frozenset(plain[at : at + length] for at in range(len(plain) - length + 1))
