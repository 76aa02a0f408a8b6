"""What tests use instead of patches: a clock one sets, a service without a broker, a bus that shuffles and doubles."""

from __future__ import annotations

import inspect
import json
import random
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast
from uuid import UUID

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import BaseModel
from sqlalchemy import MetaData, select

from kernel.audit.evidence import Evidence
from kernel.database import Database, Emitted, EvidenceWriter
from kernel.errors import Conflict, StaleVersion
from kernel.ids import new_id
from kernel.inbox import Inbox, Incoming
from kernel.migrate import upgrade
from kernel.outbox import outbox
from kernel.principal import Keyring, Principal
from kernel.retries import retry_held
from kernel.rpc.attempts import note_refusal
from kernel.rpc.commands import answer
from kernel.rpc.messages import RpcRequest
from kernel.schedule import Every
from kernel.service import Event, Service
from kernel.settings import Settings
from kernel.tables import held

Reply = TypeVar("Reply", bound=BaseModel)

structlog.configure_once(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

_KEYS: dict[str, Ed25519PrivateKey] = {}
_KEYRINGS: list[Keyring] = []


@dataclass
class SettableClock:
    """A clock that stands still until it is told otherwise."""

    at: datetime = field(default_factory=lambda: datetime(2026, 11, 24, 1, 0, tzinfo=UTC))

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> datetime:
        self.at += by
        return self.at


def keyring_for(name: str) -> Keyring:
    """A keyring with keys of this test process; all keyrings made here know each other's public keys."""
    for key_name in (name, "gateway"):
        if key_name not in _KEYS:
            _KEYS[key_name] = Ed25519PrivateKey.generate()
    keyring = Keyring(name, _KEYS[name], {})
    _KEYRINGS.append(keyring)
    for known in _KEYRINGS:
        known.public_keys.update({other: key.public_key() for other, key in _KEYS.items()})
    return keyring


class ServiceHarness:
    """A service on a real database, without broker, relay and timers.

    Makes the schema by migrations, the kernel's and the service's; then the tables of `metadata` that are missing.
    """

    def __init__(
        self,
        service: type[Service],
        database_url: str,
        clock: SettableClock | None = None,
        *,
        metadata: MetaData | None = None,
        evidence: EvidenceWriter | None = None,
        **settings: Any,
    ) -> None:
        self.clock = clock or SettableClock()
        self.keyring = keyring_for(service.name)
        evidence = evidence or Evidence(self.keyring)
        self.database = Database(
            database_url, service=service.name, clock=self.clock, keyring=self.keyring, evidence=evidence, pool_size=5
        )
        self._make_schema(Path(inspect.getfile(service)).parent, metadata)
        self.service = service(test_settings(database_url, **settings), self.database)
        self.inbox = Inbox(self.service)

    def _make_schema(self, folder: Path, metadata: MetaData | None) -> None:
        upgrade(self.database.url, folder)
        if metadata is not None:
            metadata.create_all(self.database.engine)

    def call(
        self,
        method: str,
        request: BaseModel,
        principal: Principal,
        *,
        command_id: UUID | None = None,
        correlation_id: UUID | None = None,
    ) -> Any:
        """Call an RPC method as `principal`. Returns the reply model; raises the `Refusal` the caller would get.

        A reading that conflicts is a defect (`AssertionError`): callers are told of conflicts at acts alone.
        """
        contract = self.service.methods[method]
        called = RpcRequest(
            method=method,
            body=request.model_dump(mode="json"),
            token=keyring_for("gateway").sign(principal, self.clock.now()),
            correlation_id=correlation_id or new_id(),
            command_id=command_id or (new_id() if contract.command else None),
        )
        result = answer(self.service, called)
        if result.refusal is not None:
            note_refusal(self.service, called, result.refusal)
            if not contract.command and result.refusal.problem in {Conflict.problem, StaleVersion.problem}:
                raise AssertionError(f"the reading {method} conflicts: {result.refusal.detail_en}")
            raise result.refusal.to_refusal()
        return contract.reply.model_validate(result.reply)

    def deliver(
        self,
        data: Emitted,
        subject: UUID | str,
        version: int = 1,
        *,
        principal: Principal | None = None,
        event_id: UUID | None = None,
        correlation_id: UUID | None = None,
    ) -> UUID:
        """Hand an event over as the bus would; afterwards `held()` tells what did not take effect. Returns its id."""
        who = principal or Principal("system:gateway", "system:gateway", None, frozenset({"system"}))
        identity = event_id or new_id()
        body = {
            "id": str(identity),
            "source": "/chengbao/test",
            "type": data.TYPE,
            "subject": str(subject),
            "time": self.clock.now().isoformat(),
            "subjectversion": version,
            "correlationid": str(correlation_id or new_id()),
            "principal": keyring_for("gateway").sign(who, self.clock.now(), None),
            "data": data.model_dump(mode="json"),
        }
        self.deliver_body(json.dumps(body).encode())
        return identity

    def deliver_body(self, *bodies: bytes, deliveries_before: int = 0) -> None:
        """Hand raw messages over in one batch, then try waiting events once more."""
        if self.inbox.receive([Incoming(body, deliveries_before) for body in bodies]):
            retry_held(self.inbox, states=("waiting",), due_only=False)

    def retry(self) -> int:
        """Try all held events now, due or not. Returns how many took effect."""
        return retry_held(self.inbox, due_only=False)

    def run_job(self, name: str) -> None:
        """Do a timed job of the service once."""
        job: Every = next(job for job in self.service.schedule if job.name == name)
        with self.database.work(_system(self.service)) as work:
            job.action(work)

    def held(self) -> list[Any]:
        """Rows of table `held`: what did not take effect, with state, reason and error."""
        with self.database.reading() as session:
            return list(session.execute(select(held).order_by(held.c.id)))

    def outbox(self, *types: type[BaseModel]) -> list[Event[Any]]:
        """Events written so far, oldest first; only those of `types` if given. `data` is the contract's model."""
        wanted = {cast(Any, model).TYPE for model in types}
        with self.database.reading() as session:
            rows = session.execute(select(outbox).order_by(outbox.c.id)).all()
        return [self._event(row.envelope) for row in rows if not wanted or row.type in wanted]

    def bodies(self) -> list[tuple[str, bytes]]:
        """Type and body of every event written so far, as the relay would publish them."""
        with self.database.reading() as session:
            rows = session.execute(select(outbox).order_by(outbox.c.id)).all()
        return [(row.type, json.dumps(row.envelope, ensure_ascii=False).encode()) for row in rows]

    def _event(self, envelope: dict[str, Any]) -> Event[Any]:
        model: Any = next(model for model in self.service.publishes if envelope["type"] == cast(Any, model).TYPE)
        return Event(
            UUID(envelope["id"]),
            envelope["type"],
            envelope["subject"],
            envelope["subjectversion"],
            datetime.fromisoformat(envelope["time"]),
            model.model_validate(envelope["data"]),
            envelope["principal"],
            UUID(envelope["correlationid"]),
            UUID(envelope["causationid"]) if envelope["causationid"] else None,
        )

    def close(self) -> None:
        self.database.close()


def _system(service: Service) -> Principal:
    return Principal(f"system:{service.name}", f"system:{service.name}", None, frozenset({"system"}))


def test_settings(database_url: str, **changes: Any) -> Settings:
    """Settings for a service under test: a scratch folder for files and keys, no broker."""
    values: dict[str, Any] = {
        "database_url": database_url,
        "broker_url": "memory://",
        "keys_dir": Path(tempfile.gettempdir()),
        "files_dir": Path(tempfile.mkdtemp(prefix="chengbao-files-")),
    }
    return Settings(**(values | changes))


test_settings.__test__ = False  # type: ignore[attr-defined]  # pytest must not take it for a test


@dataclass
class Network:
    """Carries events between harnesses, shuffled and doubled by a seed, until nothing moves any more."""

    harnesses: Sequence[ServiceHarness]
    seed: int = 0
    doubles: float = 0.3
    """Share of events delivered twice."""
    _carried: set[tuple[str, str]] = field(default_factory=set)

    def settle(self, rounds: int = 100) -> None:
        """Deliver until every outbox is carried. Raises `AssertionError` when it does not become quiet."""
        chance = random.Random(self.seed)  # noqa: S311  # an order to be repeated, not a secret
        for _ in range(rounds):
            pending = self._pending()
            if not pending:
                self._retry()
                if not self._pending():
                    return
                continue
            pending += [one for one in pending if chance.random() < self.doubles]
            chance.shuffle(pending)
            for harness, body in pending:
                harness.deliver_body(body)
        raise AssertionError(f"the network did not become quiet in {rounds} rounds")

    def _pending(self) -> list[tuple[ServiceHarness, bytes]]:
        found = []
        for event_type, body in self._written():
            for harness in self.harnesses:
                key = (harness.service.name, json.loads(body)["id"])
                if event_type in harness.service.consumes_types and key not in self._carried:
                    self._carried.add(key)
                    found.append((harness, body))
        return found

    def _written(self) -> Iterable[tuple[str, bytes]]:
        for harness in self.harnesses:
            yield from harness.bodies()

    def _retry(self) -> None:
        for harness in self.harnesses:
            harness.retry()


__all__ = ["Network", "ServiceHarness", "SettableClock", "keyring_for", "test_settings"]
