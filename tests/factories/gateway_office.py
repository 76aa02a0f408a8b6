"""A gateway on a real database with a district, its people and its API client; services answer by a script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from shutil import rmtree
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from flask.testing import FlaskClient
from pydantic import BaseModel
from sqlalchemy import text
from werkzeug.test import TestResponse

from contracts.events.intake import OfferVoided, PersonRecorded, PostHeld, UnitRecorded
from contracts.events.review import ReportReturned, ReportSeen
from contracts.receipts import Receipt, digest
from contracts.rpc.adoptions import Adoptions
from contracts.rpc.checks import Findings
from contracts.rpc.commissions import CommissionPage, CommissionTaskPage
from contracts.rpc.content import Content
from contracts.rpc.desk import Passings, QueuePage
from contracts.rpc.directory import UnitTree
from contracts.rpc.issues import IssuePage
from contracts.rpc.publications import PublicationPage
from contracts.rpc.similar import SimilarHints, SimilarReports
from contracts.rpc.supervision import LeaderLatenessTable
from contracts.rpc.verifications import Verifications, VerifiedConclusions
from contracts.vocabulary import Kind, Role, UnitClass
from gateway.app import create_app
from gateway.assembly import EXTENSION, Gateway
from gateway.directory import keep_person, keep_unit
from gateway.identity.accounts import create_account
from gateway.identity.builds_on import BuildsOn
from gateway.identity.clients import CreateClient, allow_attesting, create_client
from gateway.identity.grants import insert_grant
from gateway.measures import USAGE
from gateway.receipts.offers import note_voided
from gateway.receipts.progress import note_decision, note_seen
from kernel.errors import Refusal
from kernel.ids import new_id
from kernel.principal import system_principal
from kernel.service import Event
from kernel.testing import SettableClock, keyring_for, test_settings

EMPTIED = (
    "sessions", "recovery_codes", "webhook_deliveries", "webhooks", "address_failures", "grants", "accounts", "clients",
    "client_usage", "trial_receipts", "people", "units", "receipts", "receipt_progress", "report_acknowledgements",
    "report_classes", "voided_offers", "attachments", "attachment_names", "idempotency_keys", "watermark", "outbox",
    "inbox", "held", "commands", "refused_attempts",
)
"""Tables in an order that foreign keys allow; the evidence stays, it cannot be taken back."""
PASSWORD = "correct horse battery"
LONG_AGO = date(2020, 1, 1)


def away(_request: Any) -> BaseModel:
    """The service does not answer; pages survive it."""
    raise Refusal("服务暂时不可用。", "Away.", problem="unavailable")


NOTHING_TO_SAY: dict[str, Callable[[Any], BaseModel]] = {
    "intake.similar_to_text": lambda _: SimilarHints(items=[]),
    "intake.similar_reports": lambda _: SimilarReports(items=[]),
    "intake.unit_tree": lambda _: UnitTree(items=[]),
    "intake.draft_findings": lambda _: Findings(items=[], muted=0),
    "review.get_desk_item": away,
    "review.list_publications": lambda _: PublicationPage(items=[]),
    "review.list_commissions": lambda _: CommissionPage(items=[]),
    "review.list_commission_tasks": lambda _: CommissionTaskPage(items=[]),
    "review.list_issues": lambda _: IssuePage(items=[]),
    "review.list_adoptions": lambda _: Adoptions(items=[]),
    "review.list_queue": lambda _: QueuePage(items=[]),
    "review.list_passings": lambda _: Passings(passings=[], outcomes=[]),
    "review.list_verifications": lambda _: Verifications(items=[], conclusion=None),
    "review.lateness_by_leader": lambda _: LeaderLatenessTable(rows=[]),
    "review.list_conclusions": lambda _: VerifiedConclusions(items=[]),
}
"""What a page asks beside its matter, answered in every test that does not say otherwise."""


@dataclass
class ScriptedCalls:
    """Answers RPC like a service would, by a table of functions; remembers what was asked."""

    answers: dict[str, Callable[[Any], BaseModel]] = field(default_factory=lambda: dict(NOTHING_TO_SAY))
    asked: list[dict[str, Any]] = field(default_factory=list)

    def call(self, service: str, method: str, request: BaseModel, **details: Any) -> Any:
        self.asked.append({"service": service, "method": method, "request": request, **details})
        return self.answers[f"{service}.{method}"](request)


@dataclass
class Signed:
    """A test client that is signed in, or carries a bearer token."""

    client: FlaskClient
    headers: dict[str, str]
    id: UUID | None = None

    def send(self, verb: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        options: dict[str, Any] = {"headers": self.headers | named}
        if body is not None:
            options["json"] = body
        return self.client.open(path, method=verb, **options)

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        return self.send("POST", path, body, **headers)


class Office:
    """The gateway under test."""

    def __init__(self, database_url: str, clock: SettableClock | None = None, **settings: Any) -> None:
        self.clock = clock or SettableClock()
        self.calls = ScriptedCalls()
        self.intake = keyring_for("intake")
        self.settings = test_settings(database_url, requests_per_minute=100_000, **settings)
        self.app: Flask = create_app(
            self.settings, calls=self.calls, clock=self.clock, keyring=keyring_for("gateway")
        )
        self.parts: Gateway = self.app.extensions[EXTENSION]
        self.unit_id = self.add_unit("和平区")

    def reset(self) -> None:
        """Forget everything, so that the next test begins as with a new gateway."""
        self.clock.at = SettableClock().at
        self.calls.answers = dict(NOTHING_TO_SAY)
        self.calls.asked.clear()
        with self.parts.database.engine.begin() as connection:
            for table in EMPTIED:
                connection.execute(text(f"DELETE FROM {table}"))
            connection.execute(text("ALTER SEQUENCE receipt_numbers RESTART"))
        rmtree(self.parts.storage.folder, ignore_errors=True)
        self.unit_id = self.add_unit("和平区")

    def close(self) -> None:
        self.app.extensions[USAGE].flush(self.parts.database)
        self.parts.database.close()

    def work(self) -> Any:
        return self.parts.database.work(system_principal("gateway"))

    def add_unit(self, name: str, unit_class: UnitClass = UnitClass.DISTRICT) -> UUID:
        unit_id = uuid4()
        unit = UnitRecorded(unit_id=unit_id, name=name, unit_class=unit_class, valid_from=LONG_AGO)
        with self.work() as work:
            keep_unit(work, self.event(unit, unit_id))
        return unit_id

    def add_person(
        self, name: str, *roles: Role, unit_id: UUID | None = None, account: bool = True, **dates: Any
    ) -> UUID:
        """A person with a post and a grant for each role, and an account named like the id."""
        person_id, unit = uuid4(), unit_id or self.unit_id
        posts = [
            PostHeld(unit_id=unit, role=role, title=role.label, **({"valid_from": LONG_AGO} | dates)) for role in roles
        ]
        with self.work() as work:
            person = PersonRecorded(person_id=person_id, name=name, unit_id=unit, posts=posts)
            keep_person(work, self.event(person, person_id))
            if account:
                create_account(work, person_id, name, f"p{person_id.hex}", PASSWORD)
                for role in roles:
                    insert_grant(work, person_id, role, "approved")
        return person_id

    def administrator(self, role: Role) -> Signed:
        account_id = uuid4()
        with self.work() as work:
            create_account(work, account_id, role.label, f"p{account_id.hex}", PASSWORD)
            insert_grant(work, account_id, role, "approved")
        return self.sign_in(account_id)

    def officer(self) -> Signed:
        return self.sign_in(self.add_person("王芳", Role.INFORMATION_OFFICER))

    def leader(self) -> Signed:
        return self.sign_in(self.add_person("李强", Role.RESPONSIBLE_LEADER))

    def sign_in(self, person_id: UUID) -> Signed:
        client = self.app.test_client()
        answer = client.post("/v1/sessions", json={"login": f"p{person_id.hex}", "password": PASSWORD})
        assert answer.status_code == 201, answer.text
        return Signed(client, {"X-CSRFToken": answer.json["csrf_token"]}, person_id)

    def api_client(self, *, attested: bool = True, unit_id: UUID | None = None, trial: bool = False) -> Signed:
        with self.work() as work:
            made = create_client(work, CreateClient(name="区政务系统", unit_id=unit_id or self.unit_id, trial=trial))
            if attested:
                allow_attesting(work, made.client_id, BuildsOn())
        return Signed(self.app.test_client(), {"Authorization": f"Bearer {made.token}"}, made.client_id)

    def offer(self, content: dict[str, Any], author_id: UUID | None = None, **changes: Any) -> str:
        """What intake would seal for this content."""
        claims = {
            "draft_id": str(uuid4()),
            "version": 2,
            "unit_id": str(self.unit_id),
            "author_id": str(author_id or uuid4()),
            "author_name": "王芳",
            "content_hash": digest(Content.model_validate(content).document()),
        }
        return self.intake.seal(claims | changes)

    def signed_report(self, leader: Signed, content: dict[str, Any] | None = None, **changes: Any) -> TestResponse:
        text = content or report()
        body = {"content": text, "offer_token": self.offer(text, **changes)}
        return leader.post("/v1/reports", body, Idempotency_Key=str(uuid4()))

    def void_offer(self, draft_id: UUID, offered_version: int) -> None:
        """Intake told that the draft was changed after this version was offered; the courier has heard of it."""
        voided = OfferVoided(draft_id=draft_id, unit_id=self.unit_id, offered_version=offered_version)
        with self.work() as work:
            note_voided(work, self.event(voided, draft_id))

    def return_report(self, receipt: Receipt) -> None:
        """An editor read it and returned it with remarks; the courier has heard of it."""
        facts = {
            "report_id": receipt.report_id, "receipt_number": receipt.number, "unit_id": receipt.unit_id,
            "title": receipt.title,
        }
        seen = ReportSeen(**facts, seen_by="陈静", seen_at=self.clock.now())
        returned = ReportReturned(**facts, remarks="请补充伤亡情况", returned_by="陈静")
        with self.work() as work:
            note_seen(work, [self.event(seen, receipt.report_id)])
            note_decision(work, self.event(returned, receipt.report_id, 2), "returned", returned.remarks)

    def event(self, data: Any, subject: UUID | str, version: int = 1) -> Event[Any]:
        return Event(new_id(), data.TYPE, str(subject), version, self.clock.now(), data, "", new_id(), None)


def report(**changes: Any) -> dict[str, Any]:
    """Content of a plain report."""
    return {"kind": Kind.DEVELOPMENT, "title": "和平区推进政务公开", "body": "今年以来，和平区……"} | changes
