"""Trying held events again."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import structlog

from kernel.errors import BadMessage
from kernel.held import Held
from kernel.inbox import DEATHS_BEFORE_PARKING, Inbox, Incoming
from kernel.pauses import Pauses

log = structlog.get_logger(__name__)

CLAIMED_AT_ONCE = 100
POLL_SECONDS = 0.2


class Retries:
    """Tries held events of one service when they are due, and waiting ones after other events were handled."""

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self._nudged = threading.Event()

    def nudge(self) -> None:
        """Events were handled: those that waited for them may go on. Never blocks."""
        self._nudged.set()

    def run(self, stopping: threading.Event) -> None:
        """Retry until `stopping`, looking five times a second at most; never raises."""
        pauses = Pauses()
        while not stopping.is_set():
            try:
                self._look()
                pauses.reset()
                stopping.wait(POLL_SECONDS)
            except Exception as error:  # noqa: BLE001  # whatever it is, it is kept and tried again
                log.warning("retries begin anew", error=repr(error))
                stopping.wait(pauses.next())

    def _look(self) -> None:
        if not self.inbox.holding.anything():
            self._nudged.clear()
            return
        if self._nudged.is_set():
            self._nudged.clear()
            retry_held(self.inbox, states=("waiting",), due_only=False)
        retry_held(self.inbox)


def retry_held(inbox: Inbox, *, states: Sequence[str] = ("failing", "waiting"), due_only: bool = True) -> int:
    """Try held events once each, one by one. Returns how many took effect.

    A round that helped one waiting event may help the next, so rounds go on until one helps none.
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
    try:
        if one.deaths >= DEATHS_BEFORE_PARKING:
            raise BadMessage(f"the process died {one.deaths} times trying it")
        inbox.take_effect([inbox.read(Incoming(one.body))], one)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is kept and tried again
        inbox.holding.failed_again(one, error)
        return 0
    return 1
