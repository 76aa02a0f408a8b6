"""R05: the chain of an urgent report as its unit and the city read it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.events.gateway import ReportAccepted
from contracts.events.intake import ChainClosed
from contracts.events.review import ReportReturned
from contracts.rpc import intake as rpc
from contracts.rpc.chains import Chain
from contracts.vocabulary import ChainState, Element, Kind, ReportFlag, Role
from kernel.errors import Conflict, Refusal
from kernel.ids import new_id
from kernel.principal import Principal
from tests.factories.intake import DUE, JINNAN, OCCURRED, AcceptedFactory, ChainFactory, ContentFactory, PersonFactory
from tests.factories.review import at_once
from tests.integration.intake.conftest import Office

OFFICER = PersonFactory.officer()
EDITOR = PersonFactory.of_the_city(Role.EDITOR)
DUTY = PersonFactory.of_the_city(Role.DUTY_OFFICER)
HOUR = timedelta(hours=1)


def chain(office: Office, accepted: ReportAccepted, who: Principal = OFFICER) -> Chain:
    answer: Chain = office.call("get_chain", rpc.ReportId(report_id=accepted.report_id), who)
    return answer


def labels(shown: Chain) -> list[str]:
    return [step.label for step in shown.steps]


def test_R05_any_report_of_the_chain_shows_the_whole_chain(office: Office) -> None:
    first = AcceptedFactory.urgent_in_time()
    second, third = ChainFactory.follow_up(first, DUE + HOUR), ChainFactory.final(first, DUE + 2 * HOUR)
    office.accept(first, second, third)
    for each in (first, second, third):
        shown = chain(office, each)
        assert (shown.first_report_id, labels(shown)) == (first.report_id, ["首报", "续报1", "终报"])
    assert shown.state is ChainState.FINAL_RECEIVED


def test_R05_a_follow_up_registered_before_its_first_report_takes_its_place(office: Office) -> None:
    first = AcceptedFactory.urgent_in_time()
    follow_up = ChainFactory.follow_up(first, DUE + HOUR)
    office.accept(follow_up)
    assert (chain(office, follow_up).first_report_id, labels(chain(office, follow_up))) == (None, ["续报1"])
    office.accept(first)
    assert labels(chain(office, follow_up)) == ["首报", "续报1"]


def test_R05_figures_over_the_chain_say_who_said_what_by_which_receipt(office: Office) -> None:
    first = ChainFactory.first(DUE, dead=1)
    second = ChainFactory.follow_up(first, DUE + HOUR, dead=3)
    office.accept(first, second)
    shown = [
        (each.value, each.change, each.receipt_number, each.unit_name, each.author_name)
        for each in chain(office, first).figures
    ]
    assert shown == [
        (1, None, first.receipt_number, "河西区人民政府办公室", "李明"),
        (3, 2, second.receipt_number, "河西区人民政府办公室", "李明"),
    ]


def test_R05_what_the_chain_lacks_shrinks_as_follow_ups_tell_it(office: Office) -> None:
    first = AcceptedFactory.urgent_in_time()
    office.accept(first)
    assert Element.CAUSE in chain(office, first).missing
    office.accept(ChainFactory.follow_up(first, DUE + HOUR, told={Element.CAUSE: "电气线路短路"}))
    assert Element.CAUSE not in chain(office, first).missing


def test_R05_draft_and_report_name_what_they_lack(office: Office) -> None:
    draft = office.save(ContentFactory.urgent(), OFFICER)
    office.accept(accepted := AcceptedFactory.urgent_in_time())
    assert draft.missing == office.report(accepted.report_id, EDITOR).missing != []


def test_R05_another_units_follow_up_that_names_the_chain_does_not_enter_it(office: Office) -> None:
    first = AcceptedFactory.urgent_in_time()
    foreign = ChainFactory.follow_up(first, DUE + HOUR, unit_id=JINNAN)
    office.accept(first, foreign)
    assert labels(chain(office, first, EDITOR)) == ["首报"]
    assert labels(chain(office, foreign, EDITOR)) == ["续报1"]


@pytest.mark.parametrize("who", [PersonFactory.officer(JINNAN), PersonFactory.leader(JINNAN)])
def test_R05_another_units_chain_is_as_absent(office: Office, who: Principal) -> None:
    office.accept(first := AcceptedFactory.urgent_in_time())
    with pytest.raises(Refusal) as foreign:
        chain(office, first, who)
    with pytest.raises(Refusal) as absent:
        office.call("get_chain", rpc.ReportId(report_id=new_id()), who)
    assert foreign.value.problem == absent.value.problem == "not-found"


def test_R05_what_is_no_urgent_report_has_no_chain(office: Office) -> None:
    office.accept(plain := AcceptedFactory.development())
    with pytest.raises(Refusal) as refused:
        chain(office, plain)
    assert refused.value.problem == "not-found"


def test_R05_the_duty_officer_sees_the_steps_but_no_text(office: Office) -> None:
    first = ChainFactory.first(DUE, dead=1, told={Element.SOURCE: "119报警"})
    office.accept(first)
    shown = chain(office, first, DUTY)
    (step,) = shown.steps
    assert (step.label, step.number, shown.figures) == ("首报", first.receipt_number, [])
    assert (step.author_name, step.elements, step.flags) == ("", {}, [])


def test_R05_a_repeating_follow_up_is_accepted_and_flagged_for_unit_and_editor(office: Office) -> None:
    first = AcceptedFactory.urgent_in_time()
    again = ChainFactory.follow_up(first, DUE + HOUR, body=first.body)
    office.accept(first, again)
    for who in (OFFICER, EDITOR):
        assert chain(office, first, who).steps[1].flags == [ReportFlag.REPEATS]
        assert office.report(again.report_id, who).flags == [ReportFlag.REPEATS]


def test_R05_a_draft_of_a_follow_up_names_a_first_report_of_its_unit(office: Office) -> None:
    office.accept(plain := AcceptedFactory.development(), first := AcceptedFactory.urgent_in_time())
    following: dict[str, Any] = {"kind": Kind.URGENT_FOLLOW_UP, "occurred_at": OCCURRED}
    assert office.save(ContentFactory.urgent(follows_report_id=first.report_id, **following), OFFICER).version == 1
    with pytest.raises(Refusal) as refused:
        office.save(ContentFactory.urgent(follows_report_id=plain.report_id, **following), OFFICER)
    assert refused.value.pointer == "/content/follows_report_id"


def close(office: Office, accepted: ReportAccepted, who: Principal = EDITOR) -> Chain:
    answer: Chain = office.call("close_chain", rpc.ReportId(report_id=accepted.report_id), who)
    return answer


def a_finished_chain(office: Office) -> ReportAccepted:
    first = ChainFactory.first(DUE)
    office.accept(first, ChainFactory.final(first, DUE + HOUR))
    return first


@pytest.mark.parametrize("role", [Role.EDITOR, Role.CHIEF_EDITOR, Role.DUTY_OFFICER])
def test_R05_the_city_closes_a_chain_after_its_final_report_and_tells_the_unit(office: Office, role: Role) -> None:
    first = a_finished_chain(office)
    closed = close(office, first, PersonFactory.of_the_city(role))
    assert (closed.state, closed.closed_by, closed.closed_at) == (ChainState.CLOSED, "周静", office.clock.now())
    (told,) = office.told(ChainClosed)
    assert (told.report_id, told.unit_id, told.number) == (first.report_id, first.unit_id, first.receipt_number)


def test_R05_without_a_final_report_nothing_is_closed(office: Office) -> None:
    office.accept(first := ChainFactory.first(DUE), ChainFactory.follow_up(first, DUE + HOUR))
    with pytest.raises(Refusal) as refused:
        close(office, first)
    assert (refused.value.problem, office.told(ChainClosed)) == ("conflict", [])


def test_R05_a_final_report_that_was_returned_closes_nothing(office: Office) -> None:
    first = ChainFactory.first(DUE)
    final = ChainFactory.final(first, DUE + HOUR)
    office.accept(first, final)
    returned = ReportReturned(
        report_id=final.report_id, receipt_number=final.receipt_number, unit_id=final.unit_id, title=final.title,
        remarks="请补充原因。", returned_by="周静",
    )  # fmt: skip
    office.harness.deliver(returned, final.report_id, 2)
    with pytest.raises(Refusal) as refused:
        close(office, first)
    assert refused.value.problem == "conflict"


def test_R05_pressed_by_many_at_once_a_chain_is_closed_once(office: Office) -> None:
    first = a_finished_chain(office)
    results = at_once(*((lambda: close(office, first)) for _ in range(4)))
    assert sorted(type(result) is Chain for result in results) == [False, False, False, True]
    assert all(isinstance(result, Conflict) for result in results if type(result) is not Chain)
    assert len(office.told(ChainClosed)) == 1


def test_R05_a_follow_up_after_closing_is_accepted_marked_and_opens_the_chain_again(office: Office) -> None:
    first = a_finished_chain(office)
    close(office, first)
    office.accept(late := ChainFactory.follow_up(first, DUE + 5 * HOUR))
    shown = chain(office, first)
    assert (shown.state, shown.closed_by, labels(shown)) == (ChainState.FINAL_RECEIVED, None, ["首报", "终报", "续报1"])
    assert office.report(late.report_id, OFFICER).flags == [ReportFlag.AFTER_CLOSING]
    assert close(office, first).state is ChainState.CLOSED


def test_R05_another_units_follow_up_opens_no_closed_chain(office: Office) -> None:
    first = a_finished_chain(office)
    close(office, first)
    office.accept(ChainFactory.follow_up(first, DUE + 5 * HOUR, unit_id=JINNAN))
    assert chain(office, first).state is ChainState.CLOSED


@pytest.mark.parametrize("who", [OFFICER, PersonFactory.leader(), PersonFactory.of_the_city(Role.SCORING_OFFICER)])
def test_R05_nobody_else_closes_a_chain(office: Office, who: Principal) -> None:
    first = a_finished_chain(office)
    with pytest.raises(Refusal) as refused:
        close(office, first, who)
    assert refused.value.problem == "forbidden"
