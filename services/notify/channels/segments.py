"""Cutting an SMS into parts (3GPP TS 23.038/23.040): GSM 7-bit is not used, Chinese needs UCS-2 throughout.

smpplib's own splitter cuts surrogate pairs, so a part may begin with half a character; this one does not.
"""

from __future__ import annotations

ONE_PART = 70
"""UTF-16 units of a message sent whole."""
PER_PART = 67
"""UTF-16 units of each part when a concatenation header takes its 6 bytes."""


def units(text: str) -> int:
    """Length in UTF-16 units, which is how networks count."""
    return len(text.encode("utf-16-be")) // 2


def parts_of(text: str) -> list[str]:
    """The parts, in order; a character outside the basic plane is never cut in two."""
    if units(text) <= ONE_PART:
        return [text]
    parts, part, length = [], "", 0
    for character in text:
        size = units(character)
        if length + size > PER_PART:
            parts.append(part)
            part, length = "", 0
        part += character
        length += size
    return [*parts, part]


def with_header(part: str, reference: int, number: int, total: int) -> bytes:
    """The part's bytes with the concatenation header (8-bit reference)."""
    return bytes([5, 0, 3, reference & 0xFF, total, number]) + part.encode("utf-16-be")
