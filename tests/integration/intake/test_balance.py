"""R08, R13: good news and bad per unit, source channels, and the reports behind every number."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from contracts.rpc import balance as rpc
from contracts.rpc import secrecy as secrecy_rpc
from contracts.vocabulary import Leaning, Role, Secrecy, SourceChannel, UnitClass
from tests.factories.intake import HEXI, JINNAN, OCCURRED, AcceptedFactory, ContentFactory, PersonFactory
from tests.integration.intake.conftest import Office

EDITOR, OFFICER = PersonFactory.of_the_city(Role.EDITOR), PersonFactory.officer()
GOOD, BAD = Leaning.GOOD_NEWS, Leaning.BAD_NEWS


def accept(office: Office, *leanings: Leaning | None, unit_id: Any = HEXI, **changes: Any) -> list[Any]:
    made = [
        AcceptedFactory.development(title=f"信息{place}", unit_id=unit_id, leaning=leaning, **changes)
        for place, leaning in enumerate(leanings)
    ]
    office.accept(*made)
    return made


def balance(office: Office, who: Any = EDITOR, **asked: Any) -> rpc.ReportBalance:
    found: rpc.ReportBalance = office.call("report_balance", rpc.BalanceQuery(**asked), who)
    return found


def listed(office: Office, who: Any = EDITOR, **asked: Any) -> int:
    return len(office.call("list_balanced", rpc.ListBalanced(**asked), who).items)


def test_R08_each_number_of_the_balance_opens_as_many_reports(office: Office) -> None:
    accept(office, GOOD, GOOD, BAD, None, Leaning.NEUTRAL, source_channel=SourceChannel.HOTLINE)
    accept(office, GOOD, GOOD, GOOD, GOOD, GOOD, unit_id=JINNAN)
    office.accept(AcceptedFactory.feedback(), AcceptedFactory.of(ContentFactory.urgent(drill=True), OCCURRED))
    units = {unit.unit_id: unit for unit in balance(office).units}
    assert [(each.good_news, each.bad_news, each.one_sided) for each in (units[HEXI], units[JINNAN])] == [
        (2, 1, False), (5, 0, True),
    ]
    for unit in units.values():
        its: dict[str, Any] = {"unit_id": unit.unit_id, "unit_class": unit.unit_class}
        counted = [listed(office, **its, leaning=leaning) for leaning in Leaning]
        assert counted == [unit.good_news, unit.bad_news, unit.neutral]
        assert listed(office, **its, leaning_said=rpc.Stated.UNSTATED) == unit.unstated
        assert (listed(office, **its), listed(office, **its, adopted=True)) == (unit.reports, unit.adopted)
    for channel in balance(office).channels:
        said = {"channel": channel.channel} if channel.channel else {"channel_said": rpc.Stated.UNSTATED}
        assert listed(office, **said) == channel.reports


def test_R08_a_unit_sees_its_own_balance_and_what_was_raised_is_counted_for_nobody_uncleared(office: Office) -> None:
    hidden, *_ = accept(office, BAD, GOOD)
    accept(office, BAD, unit_id=JINNAN)
    assert [unit.unit_id for unit in balance(office, OFFICER).units] == [HEXI]
    assert listed(office, OFFICER, unit_id=JINNAN) == 0
    raising = secrecy_rpc.RaiseSecrecy(report_id=hidden.report_id, secrecy=Secrecy.INTERNAL, reason="内部事项")
    office.call("raise_secrecy", raising, EDITOR)
    assert [unit.bad_news for unit in balance(office, unit_id=HEXI).units] == [0]
    assert listed(office, unit_id=HEXI, leaning=BAD) == 0


def test_R08_days_are_chinas_and_both_ends_count(office: Office) -> None:
    accept(office, GOOD, received_at=OCCURRED - timedelta(hours=8, seconds=1))
    accept(office, BAD, received_at=OCCURRED - timedelta(hours=8))
    day = date(2026, 11, 24)
    (unit,) = balance(office, since=day, until=day, unit_class=UnitClass.DISTRICT).units
    assert (unit.good_news, unit.bad_news) == (0, 1)
    assert listed(office, until=day - timedelta(days=1)) == 1
    assert listed(office, since=date(1900, 1, 1), until=date(2200, 12, 31)) == 2
