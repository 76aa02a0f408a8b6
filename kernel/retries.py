"""Trying held events again."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import structlog

from kernel.errors import BadMessage
from kernel.held import Held
from kernel.inbox import DEATHS_BEFORE_PARKING, Inbox, Incoming
from kernel.pauses import Pauses

log = structlog.get_logger(__name__)

AT_ONCE = 100
POLL_SECONDS = 0.2


class Retries:
    """Tries held events of one service when they are due, and a waiting one early when its subject's turn has come.

    What waits for something else is helped by no traffic: it waits for its pause, so that many of them cost little.
    """

    def __init__(self, inbox: Inbox) -> None:
        self.inbox = inbox
        self._woken: set[str] = set()
        inbox.on_effect = self.nudge

    def nudge(self, subject: str) -> None:
        """An event of this subject took effect: those that waited for it may go on. Never blocks."""
        self._woken.add(subject)

    def run(self, stopping: threading.Event) -> None:
        """Retry until `stopping`, looking five times a second at most; never raises."""
        pauses = Pauses()
        while not stopping.is_set():
            try:
                self._look(stopping)
                pauses.reset()
                stopping.wait(POLL_SECONDS)
            except Exception as error:  # noqa: BLE001  # whatever it is, it is kept and tried again
                log.warning("retries begin anew", error=repr(error))
                stopping.wait(pauses.next())

    def _look(self, stopping: threading.Event) -> None:
        woken, self._woken = self._woken, set()
        if not self.inbox.holding.anything():
            return
        if woken:
            _retry_round(self.inbox, stopping, states=("waiting",), due_only=False, subjects=woken)
        _retry_round(self.inbox, stopping)


def retry_held(inbox: Inbox, *, states: Sequence[str] = ("failing", "waiting"), due_only: bool = True) -> int:
    """Try held events once each, one by one. Returns how many took effect.

    A round that helped one waiting event may help the next, so waiting ones are tried until a round helps none.
    """
    never = threading.Event()
    total = 0
    while helped := _retry_round(inbox, never, states=states, due_only=due_only):
        total, states = total + helped, ("waiting",)
    return total


def _retry_round(inbox: Inbox, stopping: threading.Event, **chosen: Any) -> int:
    """Try what `Holding.claim` chooses. Returns how many took effect."""
    inbox.holding.note_ends()
    inbox.holding.clear_handled()
    helped = 0
    for one in inbox.holding.claim(AT_ONCE, **chosen):
        helped += _try(inbox, one)
        if stopping.is_set():
            break
    return helped


def _try(inbox: Inbox, one: Held) -> int:
    try:
        if one.deaths >= DEATHS_BEFORE_PARKING:
            raise BadMessage(f"the process died {one.deaths} times trying it")
        inbox.take_effect([inbox.read(Incoming(one.body))], one)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is kept and tried again
        inbox.holding.failed_again(one, error)
        return 0
    return 1
