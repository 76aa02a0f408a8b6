"""R07: messages written before messages said what they are about are hidden by a raised class too, once named."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest

from deploy.operations.old_messages import name_messages
from deploy.operations.operators import Operator
from kernel.testing import ServiceHarness, SettableClock
from services.intake.service import IntakeService
from tests.factories.duty import ADMINISTRATOR, DutyOffice, urgent
from tests.factories.intake import OCCURRED, AcceptedFactory, PersonFactory, UnitFactory
from tests.integration.notify.test_secrecy import WORD, hear, messages, registered

SAME_TITLE = f"{WORD}起火"


@dataclass
class City:
    intake: ServiceHarness
    notify: DutyOffice

    def register(self, report_id: UUID, title: str) -> None:
        accepted = AcceptedFactory.development(title=title, report_id=report_id)
        self.intake.deliver(accepted, report_id, 1)

    def forget_subjects(self) -> None:
        """As messages were before the upgrade."""
        with self.notify.harness.database.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE messages SET about = '[]'")

    def name(self) -> int:
        operator = Operator(ADMINISTRATOR, "")
        return name_messages(self.intake.database, self.notify.harness.database, operator)


@pytest.fixture
def city(migrated_database: Callable[[str], str]) -> Iterator[City]:
    made = City(
        ServiceHarness(IntakeService, migrated_database("intake"), SettableClock(OCCURRED)),
        DutyOffice(migrated_database("notify")),
    )
    made.intake.call("record_unit", UnitFactory.district(), PersonFactory.administrator())
    made.notify.staff()
    yield made
    made.intake.close()
    made.notify.close()


def test_R07_an_old_message_is_named_by_its_title_and_hidden_by_a_later_raising(city: City) -> None:
    report, other = registered(), urgent()
    city.notify.register(report)
    city.notify.register(other)
    city.register(report.report_id, SAME_TITLE)
    city.forget_subjects()
    assert (city.name() > 0, city.name()) == (True, 0)
    hear(city.notify, report)
    shown = messages(city.notify)
    assert (WORD in shown, other.title in shown) == (False, True)


def test_R07_an_old_message_of_what_was_raised_meanwhile_is_hidden_as_it_is_named(city: City) -> None:
    report = registered()
    city.notify.register(report)
    city.register(report.report_id, SAME_TITLE)
    city.forget_subjects()
    hear(city.notify, report)
    assert WORD in messages(city.notify)
    city.name()
    assert WORD not in messages(city.notify)
