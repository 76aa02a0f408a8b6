"""Reports that wait for the gateway: kept in a folder until their receipt is in hand.

One JSON file per act, readable by its owner only, with the Idempotency-Key that makes a repeat the same act and the
time of every attempt. The file is written before the first attempt and goes when the receipt is kept, so that no
moment at which the program may be ended loses the act or doubles it. Nothing here is a receipt: the gateway's alone is.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from clients.client import REPEATABLE, UNDECIDED, Client
from clients.problems import GatewayAway, ProblemAnswer
from kernel.clock import Clock, SystemClock

FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
MOST_ATTEMPTS = 50
"""Times that go along as evidence; of more, the first and the newest ones."""
NOBODYS = 401
"""The caller was not known: nothing was decided on the act."""


def mark(token: str) -> str:
    """What a token is recognised by without being told; it is 256 bits of chance."""
    return hashlib.sha256(token.encode()).hexdigest()[:12]


class Unreadable(Exception):
    """A file in the outbox that is no act of ours; it is named and left alone."""


@dataclass(frozen=True)
class Act:
    """One report on its way."""

    idempotency_key: str
    url: str
    body: dict[str, Any]
    save: str
    """Folder for the receipt."""
    caller: str
    """Mark of the token it was first sent with. Keys belong to a client: another client's repeat would be another
    report."""
    attempts: tuple[str, ...] = ()
    refused: str | None = None
    """Why the gateway refused it for good; such an act is sent no more."""

    @property
    def name(self) -> str:
        """Its file's name: a key may hold any characters."""
        return hashlib.sha256(f"{self.url}\n{self.idempotency_key}".encode()).hexdigest()[:12]

    @property
    def title(self) -> str:
        return str(self.body.get("content", {}).get("title", ""))

    def stated(self) -> dict[str, Any]:
        """The body as it is sent: with the attempts made before this one, if any, as the sender's statement."""
        half = MOST_ATTEMPTS // 2
        told = self.attempts if len(self.attempts) <= MOST_ATTEMPTS else self.attempts[:half] + self.attempts[-half:]
        return {**self.body, "attempts": list(told)} if told else self.body


@dataclass(frozen=True)
class Sent:
    """What one attempt brought: the receipt, or that it is still open and how long to wait."""

    receipt: dict[str, Any] | None
    why: str = ""
    retry_after: float = 0.0


@dataclass
class Outbox:
    """The folder. Two programs may send from it at once: the key makes that one report."""

    folder: Path
    clock: Clock = field(default_factory=SystemClock)
    wait: Callable[[float], None] = time.sleep

    def keep(self, act: Act) -> Path:
        """Write it durably: whole or not at all, for nobody else's eyes."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        document = {name: getattr(act, name) for name in Act.__dataclass_fields__}
        descriptor, draft = tempfile.mkstemp(dir=self.folder, suffix=".part")  # 0600, nobody else's name
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file, ensure_ascii=False, indent=2)
            file.flush()
            os.fsync(file.fileno())
        return Path(draft).replace(self.path(act))

    def path(self, act: Act) -> Path:
        return self.folder / f"{act.name}.json"

    def files(self) -> list[Path]:
        """Everything that waits."""
        return sorted(self.folder.glob("*.json"))

    def read(self, path: Path) -> Act:
        """Raises `Unreadable` for what is no act of ours."""
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            act = Act(**{**document, "attempts": tuple(document["attempts"])})
            for attempt in act.attempts:
                datetime.fromisoformat(attempt)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise Unreadable(str(path)) from error
        if not isinstance(act.body, dict) or path != self.path(act):
            raise Unreadable(str(path))
        return act

    def drop(self, act: Act) -> None:
        self.path(act).unlink(missing_ok=True)

    def attempt(self, client: Client, act: Act) -> tuple[Act, Sent]:
        """Send it once. Its file has the attempt before the gateway has it. Raises `ProblemAnswer` when refused."""
        body = act.stated()
        act = replace(act, attempts=(*act.attempts, self.clock.now().isoformat(timespec="seconds")))
        self.keep(act)
        try:
            return act, Sent(client.submit_report(body, idempotency_key=act.idempotency_key))
        except GatewayAway as away:
            return act, Sent(None, away.cause)
        except ProblemAnswer as problem:
            if problem.status in REPEATABLE or problem.problem == UNDECIDED:
                return act, Sent(None, f"{problem.status} {problem.problem}", problem.retry_after)
            if problem.status != NOBODYS:
                self.keep(replace(act, refused=str(problem)))
            raise

    def insist(self, client: Client, act: Act, tell: Callable[[Act, Sent, float], None]) -> dict[str, Any]:
        """Try until the receipt is there, with growing pauses; never faster than the gateway asks."""
        pause = FIRST_PAUSE_S
        while True:
            act, sent = self.attempt(client, act)
            if sent.receipt is not None:
                return sent.receipt
            length = max(pause, sent.retry_after)
            tell(act, sent, length)
            self.wait(length)
            pause = min(pause * 2, LONGEST_PAUSE_S)
