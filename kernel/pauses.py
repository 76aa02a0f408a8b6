"""Growing pauses between tries of something outside that is away."""

from __future__ import annotations

FIRST_SECONDS = 0.1
LONGEST_SECONDS = 5.0


class Pauses:
    """Each pause is twice the last, up to `longest`; success begins anew."""

    def __init__(self, first: float = FIRST_SECONDS, longest: float = LONGEST_SECONDS) -> None:
        self._first = first
        self._longest = longest
        self._next = first

    def next(self) -> float:
        """Seconds to wait before the next try."""
        pause, self._next = self._next, min(self._next * 2, self._longest)
        return pause

    def reset(self) -> None:
        self._next = self._first
