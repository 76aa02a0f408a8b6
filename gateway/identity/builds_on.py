"""What an act builds on, for acts that need no other words."""

from __future__ import annotations

from contracts.model import Strict


class BuildsOn(Strict):
    """The version that was read, as `If-Match` states it; absent: the act is wanted whatever the thing is now."""

    version: int | None = None
