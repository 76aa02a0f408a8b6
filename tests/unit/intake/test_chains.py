"""R05: first report, follow-ups, final report make one chain, whatever order they arrive in."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.rpc.content import ToTell
from contracts.vocabulary import Element, Figure, Kind, ReportField, ReportFlag, Severity
from services.intake.model.chain_contents import chain_contents
from services.intake.model.chains import ChainOfReports, Statement, chain_of
from services.intake.model.repeats import repeated_share
from tests.factories.intake import OCCURRED

BODY = "今日上午，河西区某化工厂发生火情，消防部门已调派八辆消防车到场处置，现场火势已得到控制。"
LATER = "经进一步核查，起火点位于三号仓库，系电气线路老化短路所致，明火于中午扑灭，正在清理现场。"
FIELDS = frozenset({ReportField.OCCURRED_AT, ReportField.PLACE})


def said(
    minute: int,
    kind: Kind = Kind.URGENT_FOLLOW_UP,
    *,
    report: int | None = None,
    version: int = 1,
    body: str = BODY,
    dead: int | None = None,
    told: dict[Element, str] | None = None,
    severity: Severity | None = None,
    withdraws: bool = False,
) -> Statement:
    """What was signed `minute` minutes after the occurrence; each is a report of its own unless one is named."""
    figures = {} if dead is None else {Figure.DEAD: Decimal(dead)}
    elements = told or {}
    all_told: frozenset[ToTell] = FIELDS | set(elements) | ({ReportField.FIGURES} if figures else set())
    return Statement(
        report_id=UUID(int=report if report is not None else minute),
        version=version,
        kind=kind,
        received_at=OCCURRED + timedelta(minutes=minute),
        receipt_number=f"2026-{minute:07d}",
        body=body,
        told=all_told,
        figures=figures,
        elements=elements,
        severity=severity,
        withdraws=withdraws,
    )


def chain(*statements: Statement) -> ChainOfReports:
    return chain_of(statements, chain_contents())


STATEMENTS = st.lists(
    st.builds(
        said,
        st.integers(1, 500),
        st.sampled_from([Kind.URGENT_FIRST, Kind.URGENT_FOLLOW_UP, Kind.URGENT_FINAL]),
        body=st.sampled_from([BODY, LATER]),
        dead=st.none() | st.integers(0, 5),
        severity=st.none() | st.sampled_from(Severity),
        told=st.dictionaries(st.sampled_from(Element), st.sampled_from(["一", "二"]), max_size=4),
    ),
    max_size=8,
    unique_by=lambda each: each.receipt_number,
)


def taken_back(of: Statement, minute: int) -> Statement:
    """The withdrawal of a document, signed with a text of its own."""
    return said(minute, of.kind, report=of.report_id.int, version=2, body="撤回本件。", withdraws=True)


def withdrawals(statements: list[Statement]) -> st.SearchStrategy[list[Statement]]:
    """These, some follow-ups and final reports among them withdrawn later."""
    later = [each for each in statements if each.kind is not Kind.URGENT_FIRST]
    minutes = st.sampled_from([*range(1, 400), 2000])
    chosen = st.lists(st.none() | minutes, min_size=len(later), max_size=len(later))
    return chosen.map(
        lambda after: statements + [
            taken_back(each, int(each.receipt_number[5:]) * 1000 + minute)
            for each, minute in zip(later, after, strict=True) if minute
        ]
    )


def spread(each: Statement) -> Statement:
    minute = int(each.receipt_number[5:])
    return replace(each, received_at=OCCURRED + timedelta(minutes=minute * 1000))


WITH_WITHDRAWALS = STATEMENTS.map(lambda statements: [spread(each) for each in statements]).flatmap(withdrawals)
"""Receipts a thousand minutes apart, so that no withdrawal has another's receipt."""


@given(WITH_WITHDRAWALS, st.randoms())
def test_R07_withdrawals_too_make_one_chain_in_any_order(statements: list[Statement], chance: Random) -> None:
    shuffled = list(statements)
    chance.shuffle(shuffled)
    assert chain(*shuffled) == chain(*statements)


@given(WITH_WITHDRAWALS)
def test_R07_what_was_withdrawn_tells_nothing(statements: list[Statement]) -> None:
    gone = {each.report_id for each in statements if each.withdraws}
    whole, left = chain(*statements), chain(*(each for each in statements if each.report_id not in gone))
    assert (whole.missing, whole.figures, whole.final is None) == (left.missing, left.figures, left.final is None)
    kept = [step for step in whole.steps if step.report_id not in gone]
    assert [(step.missing, step.flags) for step in kept] == [(step.missing, step.flags) for step in left.steps]


def test_R07_a_withdrawn_follow_up_keeps_place_label_and_text_and_what_it_told_is_missing_again() -> None:
    cause = said(20, told={Element.CAUSE: "电气短路"}, dead=2)
    before, after = chain(FIRST, cause), chain(FIRST, cause, taken_back(cause, 30), said(40, body=LATER))
    assert Element.CAUSE not in before.missing
    assert Element.CAUSE in after.missing
    assert [step.label for step in after.steps] == ["首报", "续报1", "续报2"]
    assert (after.steps[1].newest.elements, after.steps[1].flags) == ({Element.CAUSE: "电气短路"}, ())
    assert [each.value for each in after.figures] == [2]


@given(STATEMENTS, st.randoms())
def test_R05_the_order_of_arrival_never_changes_the_chain(statements: list[Statement], chance: Random) -> None:
    shuffled = list(statements)
    chance.shuffle(shuffled)
    assert chain(*shuffled) == chain(*statements)


@given(STATEMENTS)
def test_R05_nothing_told_anywhere_in_the_chain_is_missing_from_it(statements: list[Statement]) -> None:
    told = frozenset[ToTell]().union(*(each.told for each in statements))
    assert told.isdisjoint(chain(*statements).missing)


@given(STATEMENTS)
def test_R05_the_figures_over_time_add_up_to_the_last_stated(statements: list[Statement]) -> None:
    stated = [each.figures[Figure.DEAD] for each in sorted(statements, key=lambda one: one.place) if each.figures]
    shown = chain(*statements).figures
    assert sum((each.change or each.value for each in shown), Decimal(0)) == (stated[-1] if stated else 0)


def test_R05_follow_ups_are_numbered_in_order_of_receipt() -> None:
    steps = chain(
        said(60, Kind.URGENT_FINAL), said(30), said(20), said(10, Kind.URGENT_FIRST), said(90)
    ).steps  # fmt: skip
    assert [step.label for step in steps] == ["首报", "续报1", "续报2", "终报", "续报3"]


def test_R05_a_new_version_keeps_the_place_of_its_first_receipt_and_says_what_counts() -> None:
    first = said(10, Kind.URGENT_FIRST, report=1)
    follow_up = said(20, report=2)
    revised = said(40, Kind.URGENT_FIRST, report=1, version=2, told={Element.SOURCE: "群众报警"})
    steps = chain(follow_up, revised, first).steps
    assert [step.label for step in steps] == ["首报", "续报1"]
    assert steps[0].received_at == first.received_at
    assert Element.SOURCE not in steps[0].missing


def test_R05_each_step_shows_what_it_lacks_itself() -> None:
    first, follow_up = chain(
        said(10, Kind.URGENT_FIRST, dead=1, told={Element.SOURCE: "119报警", Element.CONTACT: "王某"}),
        said(20, told={Element.PROGRESS: "明火已扑灭"}),
    ).steps
    assert first.missing == (
        Element.NATURE, Element.AREA, Element.TREND, Element.LEADERS_ON_SCENE, Element.MEASURES, Element.REQUEST,
    )  # fmt: skip
    assert follow_up.missing == (ReportField.FIGURES, Element.CHANGE, Element.MEASURES)


def test_R05_over_the_chain_the_notice_wants_progress_measures_cause_consequences_and_lessons() -> None:
    everything = {element: "已报" for element in chain_contents().rules[0].first if isinstance(element, Element)}
    (only,) = chain(said(10, Kind.URGENT_FIRST, dead=0, told=everything)).steps
    assert only.missing == ()
    assert only.lacking_after == (Element.PROGRESS, Element.CAUSE, Element.CONSEQUENCES, Element.LESSONS)


def test_R05_a_figure_shows_value_change_and_who_said_it() -> None:
    first, same, more = said(10, Kind.URGENT_FIRST, dead=1), said(20, dead=1), said(30, dead=3)
    shown = [(each.value, each.change, each.by.receipt_number) for each in chain(same, more, first).figures]
    assert shown == [(1, None, first.receipt_number), (3, 2, more.receipt_number)]


def flags(*statements: Statement) -> list[ReportFlag]:
    return list(chain(*statements).steps[-1].flags)


FIRST = said(10, Kind.URGENT_FIRST, dead=2, told={Element.PROGRESS: "正在扑救"})


def test_R05_a_follow_up_that_only_repeats_is_flagged() -> None:
    again = f"截至目前，{BODY}"
    assert flags(FIRST, said(20, dead=2, body=again, told={Element.PROGRESS: "正在扑救。"})) == [ReportFlag.REPEATS]


def test_R05_a_changed_figure_an_element_that_says_more_or_a_new_text_is_no_repetition() -> None:
    for news in (
        said(20, dead=3), said(20, told={Element.CAUSE: "电气短路"}), said(20, told={Element.PROGRESS: "明火已扑灭"}),
        said(20, body=LATER),
    ):  # fmt: skip
        assert flags(FIRST, news) == []


def test_R05_figures_that_fall_without_a_word_on_the_change_are_flagged() -> None:
    explained = {Element.CHANGE: "一人系重复统计，予以核减"}
    assert flags(FIRST, said(20, dead=1)) == [ReportFlag.FIGURES_FELL]
    assert flags(FIRST, said(20, dead=1, told=explained)) == []


@given(st.text(min_size=1, max_size=60), st.lists(st.text(max_size=60), max_size=3))
def test_R05_the_repeated_share_lies_between_nothing_and_all(text: str, earlier: list[str]) -> None:
    assert 0 <= repeated_share(text, earlier) <= 1
    assert repeated_share(text, [*earlier, text]) in {0, 1}


def test_R05_punctuation_width_and_blanks_make_no_new_text() -> None:
    assert repeated_share("死亡 ３ 人,火势已得到控制!", ["死亡3人，火势已得到控制。"]) == 1
