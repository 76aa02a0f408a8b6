"""The daily checkpoint reaches the audit administrator, and his saved mail convicts who rewrites the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select, text

from contracts.events.evidence import CheckpointDeclared
from contracts.events.intake import PersonRecorded, PostHeld
from contracts.rpc.notify import RecordContact
from contracts.vocabulary import Channel, Role
from kernel.audit.checkpoints import checkpoint
from kernel.audit.verify import verify_database
from kernel.ids import new_id
from kernel.principal import Principal
from kernel.testing import ServiceHarness, SettableClock
from services.notify.channels.email import Email
from services.notify.model.messages import Message
from services.notify.service import NotifyService
from tests.support.peers import MailServer

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
UNIT = new_id()
ADMINISTRATOR = Principal(str(new_id()), "系统管理员", None, frozenset({Role.SYSTEM_ADMINISTRATOR}))


@pytest.fixture
def notify(migrated_database: Callable[[str], str], mail_server: MailServer) -> Iterator[ServiceHarness]:
    harness = ServiceHarness(NotifyService, migrated_database("notify"), SettableClock(NOON))
    assert isinstance(harness.service, NotifyService)
    harness.service.drivers[Channel.EMAIL] = Email.from_url(mail_server.url)
    yield harness
    harness.close()


def person(notify: ServiceHarness, name: str, role: Role) -> None:
    person_id = new_id()
    post = PostHeld(unit_id=UNIT, role=role, title=role.label, valid_from=date(2020, 1, 1))
    notify.deliver(PersonRecorded(person_id=person_id, name=name, unit_id=UNIT, posts=[post]), person_id)
    contact = RecordContact(person_id=person_id, email="a@city.example", mobile="+8613900000000")
    notify.call("record_contact", contact, ADMINISTRATOR)


def write_checkpoint(notify: ServiceHarness) -> None:
    with notify.database.work(ADMINISTRATOR) as work:
        checkpoint(work, notify.clock, notify.keyring)


def declare_next_day(notify: ServiceHarness) -> None:
    """Notify's own checkpoint, as the bus would bring it back to notify; twice, as a bus may."""
    notify.clock.advance(timedelta(days=1))
    notify.run_job("declare checkpoint")
    (body,) = [body for event_type, body in notify.bodies() if event_type == CheckpointDeclared.TYPE]
    notify.deliver_body(body)
    notify.deliver_body(body)


def told(notify: ServiceHarness) -> list[tuple[str, str]]:
    with notify.database.reading() as session:
        return [(row.person_name, row.subject) for row in session.scalars(select(Message))]


def test_only_the_audit_administrators_are_told_and_once(notify: ServiceHarness) -> None:
    for name, role in (("审计甲", Role.AUDIT_ADMINISTRATOR), ("马丽", Role.EDITOR), ("运维", Role.OPERATOR)):
        person(notify, name, role)
    write_checkpoint(notify)
    declare_next_day(notify)
    assert told(notify) == [("审计甲", "【每日存证】通知库（notify）2026-11-24第1号检查点")]


def test_it_goes_out_by_mail_alone(notify: ServiceHarness, mail_server: MailServer) -> None:
    person(notify, "审计甲", Role.AUDIT_ADMINISTRATOR)
    write_checkpoint(notify)
    declare_next_day(notify)
    assert isinstance(notify.service, NotifyService)
    assert [notify.service.deliver(channel) for channel in (Channel.EMAIL, Channel.SMS)] == [1, 0]
    assert len(mail_server.mails) == 1


def keys_of(notify: ServiceHarness, folder: Path) -> Path:
    folder.mkdir()
    public = notify.keyring.private_key.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (folder / "notify.pub.pem").write_bytes(pem)
    return folder


def rewrite(notify: ServiceHarness) -> None:
    """Somebody with database and key begins the evidence anew, every signature genuine."""
    with notify.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM evidence_entries"))
        connection.execute(text("DELETE FROM evidence_checkpoints"))
        connection.execute(text("UPDATE evidence_lanes SET number = 0, hash = repeat('0', 64)"))
    with notify.database.work(ADMINISTRATOR) as work:
        work.audit("record_contact", "somebody else", 1)
    write_checkpoint(notify)


@pytest.mark.parametrize("saved_as", ["mail.eml", "text.txt"])
def test_a_rewritten_database_is_found_with_the_mail_as_the_only_witness(
    notify: ServiceHarness, mail_server: MailServer, tmp_path: Path, saved_as: str
) -> None:
    person(notify, "审计甲", Role.AUDIT_ADMINISTRATOR)
    write_checkpoint(notify)
    declare_next_day(notify)
    assert isinstance(notify.service, NotifyService)
    notify.service.deliver(Channel.EMAIL)
    (mail,) = mail_server.mails
    held, keys = tmp_path / "held", keys_of(notify, tmp_path / "keys")
    held.mkdir()
    (held / saved_as).write_bytes(mail.as_bytes() if saved_as == "mail.eml" else mail.get_content().encode())

    assert verify_database(notify.database.url, keys, held)[0].status == "intact"
    rewrite(notify)
    assert verify_database(notify.database.url, keys)[0].status == "intact"  # nothing inside shows it
    assert verify_database(notify.database.url, keys, held)[0].status == "tampered"
