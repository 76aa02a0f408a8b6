"""What else goes on while things die: calls with command ids over the bus, and urgent reports, lists and contacts over
the API.

Each caller does as the real clients do: without an answer, repeat with the same id.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from clients.client import Client
from contracts.rpc.content import Content
from contracts.rpc.drafts import Draft, ListDrafts, SaveDraft
from contracts.services import RPC
from contracts.vocabulary import Kind, Role
from deploy.city import City
from deploy.replay.player import Player
from kernel.clock import ShiftedClock
from kernel.errors import Refusal
from kernel.ids import new_id
from kernel.principal import Keyring, Principal
from kernel.rpc import Caller

BESIDE = "旁路"
"""Every title written here begins so."""
BESIDE_ADDRESS = "beside"
WORTH_A_REPEAT = frozenset({"unavailable", "outcome-unknown", "still-running", "unauthenticated", "disk-full"})
"""`unauthenticated`: the principal's minute passed while the call waited, or the replay moved the clock."""
PAUSE_SECONDS = 0.3
BETWEEN_REPORTS_SECONDS = 4.0
PATIENCE = 150.0


@dataclass
class Traffic:
    """Two callers over the bus; a reporter and an administrator over the API; until `stop`."""

    city: City
    player: Player
    commands: dict[str, list[Any]] = field(default_factory=dict)
    receipts: list[dict[str, Any]] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    queries: int = 0
    contacts: int = 0
    """How often the administrator recorded one."""

    def __post_init__(self) -> None:
        assert self.city.clock_file is not None
        self.clock = ShiftedClock(self.city.clock_file)
        self.keys = Keyring.load("gateway", self.city.root / "keys" / "gateway")
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """The player's people must be known by now."""
        for run in (self._call, self._call, self._report, self._administer):
            self._threads.append(threading.Thread(target=self._guarded, args=(run,), daemon=True))
            self._threads[-1].start()

    def stop(self) -> None:
        """Every act that was begun is brought to its end."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(PATIENCE)
            if thread.is_alive():
                self.troubles.append("a caller never came to its end")

    def _guarded(self, run: Callable[[], None]) -> None:
        try:
            run()
        except Exception as error:  # noqa: BLE001  # a thread's trouble is the test's
            self.troubles.append(repr(error))

    def _call(self) -> None:
        caller = Caller(self.city.broker_url("gateway"), clock=self.clock)
        number = 0
        while not self._stopping.is_set():
            number += 1
            content = Content(kind=Kind.DEVELOPMENT, title=f"{BESIDE}草稿{number}", body="并行的草稿。")
            command_id, request = new_id(), SaveDraft(draft_id=new_id(), content=content)
            for _ in range(1 + number % 2):  # every second one is repeated although it was answered
                reply = self._until_answered(caller, "save_draft", request, Draft, command_id)
                self.commands.setdefault(str(command_id), []).append(reply.model_dump(mode="json"))
            self._until_answered(caller, "list_drafts", ListDrafts(limit=5), RPC["intake"]["list_drafts"].reply, None)
            self.queries += 1
        caller.close()

    def _until_answered(
        self, caller: Caller, method: str, request: BaseModel, reply: Any, command_id: UUID | None
    ) -> Any:
        while True:
            try:
                return caller.call(
                    "intake", method, request, token=self.keys.sign(self._officer(), self.clock.now()),
                    command_id=command_id, correlation_id=new_id(), reply=reply,
                )  # fmt: skip
            except Refusal as refusal:
                if refusal.problem not in WORTH_A_REPEAT:
                    raise
                threading.Event().wait(PAUSE_SECONDS)

    def _officer(self) -> Principal:
        person, unit = self.player.cast.person("u1.officer"), self.player.cast.unit("u1")
        return Principal(str(person.person_id), person.name, unit.unit_id, frozenset({str(Role.INFORMATION_OFFICER)}))

    def _report(self) -> None:
        with Client(self.city.base_url, self.player.seeds.client_tokens["u1"], PATIENCE) as client:
            while not self._stopping.wait(BETWEEN_REPORTS_SECONDS):
                self.receipts.append(client.submit_report(self._urgent()))

    def _administer(self) -> None:
        """What is recorded is there when it is answered, and the gateway's lists answer in between."""
        person = f"/v1/contacts/{self.player.cast.person('u1.officer').person_id}"
        with Client(self.city.base_url, patience=PATIENCE) as client:
            client.sign_in("sysadmin", self.player.seeds.password("sysadmin"))
            while not self._stopping.wait(PAUSE_SECONDS):
                address = f"{BESIDE_ADDRESS}{self.contacts}@city.example"
                answer = client.put(person, {"email": address})
                self.contacts += 1
                if answer["email"] != address:
                    self.troubles.append(f"{address} was answered with {answer['email']}")
                client.get("/v1/units", limit=5)

    def _urgent(self) -> dict[str, Any]:
        officer, leader = (self.player.cast.person(f"u1.{part}") for part in ("officer", "leader"))
        content = {
            "kind": "urgent_first",
            "title": f"{BESIDE}紧急信息{len(self.receipts)}",
            "body": "并行报送的紧急信息。",
            "severity": "general",
            "occurred_at": (self.clock.now() - timedelta(minutes=20)).isoformat(),
            "place": "某地",
        }
        return {"content": content, "author_id": str(officer.person_id), "signer_id": str(leader.person_id)}
