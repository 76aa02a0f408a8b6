"""R26: an event becomes messages to people by post, and every one is handed over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from pydantic import ValidationError
from sqlalchemy import select

from contracts.events.deadlines import DeadlineReassessed
from contracts.events.intake import PersonRecorded, PostHeld
from contracts.events.notify import MessageUndelivered
from contracts.events.review import AdoptionWithdrawn, AssignmentGiven, DecisionUndone
from contracts.events.supervision import OfficeStepMissed
from contracts.rpc.notify import ContactOf, ListMessages, MessagePage, RecordContact, RetryDelivery
from contracts.rpc.office_steps import OfficeStep
from contracts.vocabulary import Channel, DeadlineKind, DeadlineOutcome, DeliveryState, ReportState, Role, UnitClass
from kernel.errors import Conflict, NotFound
from kernel.ids import new_id
from kernel.principal import Principal
from kernel.testing import ServiceHarness, SettableClock
from services.notify.channels.handover import Handover, Parcel
from services.notify.deliveries.pauses import PAUSES
from services.notify.model.messages import Delivery, Message, Untold
from services.notify.service import NotifyService

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
UNIT = new_id()
ADMINISTRATOR = Principal(str(new_id()), "系统管理员", None, frozenset({Role.SYSTEM_ADMINISTRATOR}))


class RefusingChannel:
    """A channel that says no, for good or for now."""

    def __init__(self, answer: Handover) -> None:
        self.answer = answer
        self.asked: list[Parcel] = []

    def hand_over(self, parcel: Parcel) -> Handover:
        self.asked.append(parcel)
        return self.answer

    def close(self) -> None:
        return None


@pytest.fixture
def notify(migrated_database: Callable[[str], str]) -> Iterator[ServiceHarness]:
    harness = ServiceHarness(NotifyService, migrated_database("notify"), SettableClock(NOON))
    yield harness
    harness.close()


def officer(
    notify: ServiceHarness,
    *,
    valid_to: date | None = None,
    email: str | None = "wang@district.example",
    mobile: str | None = "+8613900000000",
) -> Principal:
    """An information officer of the unit, known to notify with an address of each kind."""
    person_id = new_id()
    post = PostHeld(
        unit_id=UNIT, role=Role.INFORMATION_OFFICER, title="信息员", valid_from=date(2020, 1, 1), valid_to=valid_to
    )
    notify.deliver(PersonRecorded(person_id=person_id, name="王芳", unit_id=UNIT, posts=[post]), person_id)
    contact = RecordContact(person_id=person_id, email=email, mobile=mobile)
    notify.call("record_contact", contact, ADMINISTRATOR)
    return Principal(str(person_id), "王芳", UNIT, frozenset({Role.INFORMATION_OFFICER}))


def test_R14_addresses_are_read_by_ones_own_unit_and_the_duty_officer(notify: ServiceHarness) -> None:
    own = officer(notify)
    asked = ContactOf(person_id=UUID(own.id))
    duty = Principal(str(new_id()), "郭涛", new_id(), frozenset({Role.DUTY_OFFICER}))
    assert {notify.call("get_contact", asked, who).mobile for who in (own, duty)} == {"+8613900000000"}
    stranger = Principal(str(new_id()), "赵倩", new_id(), frozenset({Role.INFORMATION_OFFICER}))
    with pytest.raises(NotFound):
        notify.call("get_contact", asked, stranger)


def assign(notify: ServiceHarness, event_id: UUID | None = None) -> None:
    given = AssignmentGiven(
        assignment_id=new_id(),
        instruction_id=new_id(),
        unit_id=UNIT,
        title="河道治理",
        due_at=NOON + timedelta(days=5),
        requirement="查明原因",
    )
    notify.deliver(given, given.assignment_id, event_id=event_id)


def messages(notify: ServiceHarness, reader: Principal, state: DeliveryState | None = None) -> MessagePage:
    page = notify.call("list_messages", ListMessages(state=state), reader)
    assert isinstance(page, MessagePage)
    return page


def deliver_all(notify: ServiceHarness) -> None:
    assert isinstance(notify.service, NotifyService)
    for channel in Channel:
        while notify.service.deliver(channel):
            pass


def test_R26_an_assignment_tells_the_units_officer_by_mail_and_sms(notify: ServiceHarness) -> None:
    reader = officer(notify)
    assign(notify)
    (message,) = messages(notify, reader).items
    assert message.subject == "【交办】河道治理"
    assert {delivery.channel for delivery in message.deliveries} == {Channel.EMAIL, Channel.SMS}


def test_R26_a_doubled_event_tells_nobody_twice(notify: ServiceHarness) -> None:
    reader, event_id = officer(notify), new_id()
    for _ in range(3):
        assign(notify, event_id)
    assert len(messages(notify, reader).items) == 1


def test_R26_who_left_the_post_is_not_told(notify: ServiceHarness) -> None:
    reader = officer(notify, valid_to=date(2026, 11, 23))
    assign(notify)
    assert messages(notify, reader).items == []


def test_R26_without_a_mobile_number_only_mail_goes_out(notify: ServiceHarness) -> None:
    reader = officer(notify, mobile=None)
    assign(notify)
    (message,) = messages(notify, reader).items
    assert [delivery.channel for delivery in message.deliveries] == [Channel.EMAIL]


def test_R26_without_configured_channels_messages_are_captured_and_shown(notify: ServiceHarness) -> None:
    reader = officer(notify)
    assign(notify)
    deliver_all(notify)
    (message,) = messages(notify, reader, DeliveryState.SENT).items
    assert all(delivery.captured for delivery in message.deliveries)


def test_R26_a_delivery_refused_for_good_is_told_as_an_event_once(notify: ServiceHarness) -> None:
    officer(notify, mobile=None)
    assert isinstance(notify.service, NotifyService)
    notify.service.drivers[Channel.EMAIL] = RefusingChannel(Handover.refused("550 no such user"))
    assign(notify)
    deliver_all(notify)
    (event,) = notify.outbox(MessageUndelivered)
    assert event.data.reason == "550 no such user"


def test_R26_a_passing_failure_waits_for_its_pause(notify: ServiceHarness) -> None:
    officer(notify, mobile=None)
    assert isinstance(notify.service, NotifyService)
    channel = notify.service.drivers[Channel.EMAIL] = RefusingChannel(Handover.failed("451 busy"))
    assign(notify)
    deliver_all(notify)
    deliver_all(notify)
    assert len(channel.asked) == 1
    notify.clock.advance(PAUSES[0])
    deliver_all(notify)
    assert len(channel.asked) == 2


def test_R26_only_a_failed_delivery_can_be_tried_again(notify: ServiceHarness) -> None:
    reader = officer(notify, mobile=None)
    assign(notify)
    deliver_all(notify)
    (message,) = messages(notify, reader).items
    operator = Principal(str(new_id()), "运维", None, frozenset({Role.OPERATOR}))
    with pytest.raises(Conflict):
        notify.call("retry_delivery", RetryDelivery(delivery_id=message.deliveries[0].delivery_id), operator)


def test_R26_the_operator_sees_that_messages_go_out_but_not_what_they_say(notify: ServiceHarness) -> None:
    officer(notify)
    assign(notify)
    (message,) = messages(notify, Principal(str(new_id()), "运维", None, frozenset({Role.OPERATOR}))).items
    assert (message.subject, message.body) == ("assignment.given", "")


def test_R26_a_person_sees_his_own_messages_only(notify: ServiceHarness) -> None:
    officer(notify)
    assign(notify)
    stranger = Principal(str(new_id()), "李强", UNIT, frozenset({Role.INFORMATION_OFFICER}))
    assert messages(notify, stranger).items == []


def untold(notify: ServiceHarness) -> list[str]:
    with notify.database.reading() as session:
        return list(session.scalars(select(Untold.reason)))


def test_R26_an_event_that_nobody_can_be_told_of_is_shown_to_the_operator(notify: ServiceHarness) -> None:
    assign(notify)
    assert untold(notify) == ["nobody holds the post"]


def test_R26_a_person_without_any_address_is_shown_to_the_operator(notify: ServiceHarness) -> None:
    officer(notify, email=None, mobile=None)
    assign(notify)
    assert untold(notify) == ["a person who holds the post has no address"]


class DefectiveChannel(RefusingChannel):
    """A driver with a bug."""

    def hand_over(self, parcel: Parcel) -> Handover:
        self.asked.append(parcel)
        raise KeyError("a bug")


def test_R26_a_defect_of_a_driver_holds_up_nobody_else(notify: ServiceHarness) -> None:
    officer(notify, mobile=None)
    assert isinstance(notify.service, NotifyService)
    channel = notify.service.drivers[Channel.EMAIL] = DefectiveChannel(Handover(True))
    assign(notify)
    assign(notify)
    deliver_all(notify)
    assert len(channel.asked) == 2


def test_R26_a_contact_with_an_address_no_mail_server_takes_is_refused() -> None:
    with pytest.raises(ValidationError):
        RecordContact(person_id=new_id(), email="王敏@city.example")


def reassessed(**changes: object) -> DeadlineReassessed:
    facts = {
        "deadline_id": new_id(), "kind": DeadlineKind.URGENT_REPORT, "subject_id": new_id(), "unit_id": UNIT,
        "unit_class": UnitClass.DISTRICT, "title": "化工厂火情", "started_at": NOON, "due_at": NOON,
        "rule": "通知", "rule_version": "2008", "explanation_zh": "说明。", "explanation_en": "Why.",
        "old_outcome": DeadlineOutcome.OPEN, "new_outcome": DeadlineOutcome.OPEN,
        "old_due_at": NOON + timedelta(minutes=20), "reason": "更正发生时间：监控录像为准",
    }  # fmt: skip
    return DeadlineReassessed.model_validate(facts | changes)


def test_R04_a_moved_due_time_is_told_by_mail_and_sms_with_old_new_and_reason(notify: ServiceHarness) -> None:
    officer(notify)
    notify.deliver(reassessed(), new_id())
    with notify.database.reading() as session:
        texts = {each.channel: each.content for each in session.scalars(select(Delivery))}
    assert set(texts) == {Channel.EMAIL, Channel.SMS}
    for text in texts.values():
        assert all(part in text for part in ("11月24日 12:20", "11月24日 12:00", "监控录像为准"))


def test_R04_duty_officers_are_told_of_a_moved_due_time(notify: ServiceHarness) -> None:
    person_id = new_id()
    post = PostHeld(unit_id=new_id(), role=Role.DUTY_OFFICER, title="值班员", valid_from=date(2020, 1, 1))
    notify.deliver(PersonRecorded(person_id=person_id, name="郑浩", unit_id=new_id(), posts=[post]), person_id)
    notify.deliver(reassessed(), new_id())
    with notify.database.reading() as session:
        assert [each.person_id for each in session.scalars(select(Message))] == [person_id]


def test_R04_a_reassessment_that_changed_nothing_or_follows_an_editors_decision_is_told_to_nobody(
    notify: ServiceHarness,
) -> None:
    officer(notify)
    missed, waived = DeadlineOutcome.MISSED, DeadlineOutcome.WAIVED
    notify.deliver(reassessed(old_due_at=NOON), new_id())
    notify.deliver(reassessed(old_due_at=NOON, old_outcome=missed, new_outcome=waived), new_id())
    notify.deliver(reassessed(old_due_at=NOON, old_outcome=waived, new_outcome=missed), new_id())
    with notify.database.reading() as session:
        assert session.scalars(select(Message)).all() == []


def told_subjects(notify: ServiceHarness) -> list[str]:
    with notify.database.reading() as session:
        return sorted(session.scalars(select(Message.subject)))


def test_R11_whoever_was_told_of_an_adoption_or_a_return_is_told_that_it_is_undone(notify: ServiceHarness) -> None:
    officer(notify)
    report = {"report_id": new_id(), "receipt_number": "2026-0000001", "unit_id": UNIT, "title": "管网抢修"}
    withdrawn = AdoptionWithdrawn(**report, adoption_id=new_id(), reason="重复")
    notify.deliver(withdrawn, report["report_id"], 4)
    for version, decision in enumerate((ReportState.RETURNED, ReportState.KEPT), 5):
        undone = DecisionUndone(**report, decision=decision, undone_by="周静")
        notify.deliver(undone, report["report_id"], version)
    assert told_subjects(notify) == ["【撤销采用】管网抢修", "【更正】退回已撤销：管网抢修"]


def test_R26_each_reader_gets_the_link_to_the_page_that_is_his(notify: ServiceHarness) -> None:
    notify.service.public_url = "https://cb.example.cn"
    for name, role in (("周督办", Role.SUPERVISOR), ("厅主任", Role.UNIT_HEAD)):
        person_id = new_id()
        post = PostHeld(unit_id=UNIT, role=role, title=name, valid_from=date(2020, 1, 1), valid_to=None)
        notify.deliver(PersonRecorded(person_id=person_id, name=name, unit_id=UNIT, posts=[post]), person_id)
        notify.call("record_contact", RecordContact(person_id=person_id, email="a@city.example"), ADMINISTRATOR)
    missed = OfficeStepMissed(
        telling_id=new_id(), step=OfficeStep.PRESENT, subject_id=UNIT, instruction_id=UNIT, leader="陈副市长",
        title="供热", about_report_id=None, unit_ids=[UNIT], since=NOON, due_at=NOON,
    )  # fmt: skip
    notify.deliver(missed, missed.telling_id)
    with notify.database.reading() as session:
        told = session.execute(
            select(Message.person_name, Delivery.content).join(Delivery, Delivery.message_id == Message.message_id)
        )
        ends = {name: text.rsplit("\n", 1)[-1] for name, text in told}
    assert ends == {
        "周督办": f"请打开：https://cb.example.cn/instructions/{UNIT}",
        "厅主任": "请打开：https://cb.example.cn/supervision/office",
    }


def test_R26_a_message_leads_its_reader_and_nobody_else_to_the_page(notify: ServiceHarness) -> None:
    reader = officer(notify)
    assign(notify)
    (own,) = messages(notify, reader).items
    assert (own.page or "").startswith("/assignments/")
    watcher = Principal(str(new_id()), "郭涛", new_id(), frozenset({Role.DUTY_OFFICER}))
    assert [message.page for message in messages(notify, watcher).items] == [None]
