"""Trying held events again."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from kernel.errors import BadMessage
from kernel.held import Held
from kernel.inbox import Inbox, Incoming

log = structlog.get_logger(__name__)

CLAIMED_AT_ONCE = 100


def retry_held(inbox: Inbox, *, states: Sequence[str] = ("failing", "waiting"), due_only: bool = True) -> int:
    """Try held events once each, one by one. Returns how many took effect.

    A round that helped one waiting event may help the next, so waiting ones are tried until a round helps none.
    """
    inbox.holding.clear_handled()
    total = 0
    while True:
        claimed = inbox.holding.claim(CLAIMED_AT_ONCE, states=states, due_only=due_only)
        helped = sum(_try(inbox, one) for one in claimed)
        total += helped
        if not helped:
            return total


def _try(inbox: Inbox, one: Held) -> int:
    limit = len(inbox.holding.pauses) + 1
    try:
        if one.attempts > limit:
            raise BadMessage(f"the process died trying it, {one.attempts - 1} tries so far")
        inbox.take_effect([inbox.read(Incoming(one.body))], one)
    except Exception as error:
        inbox.holding.failed_again(one, error)
        return 0
    return 1
