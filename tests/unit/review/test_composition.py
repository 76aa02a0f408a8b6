"""How an issue is composed: order, columns, estimate of pages (R23)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from contracts.receipts import digest
from contracts.rpc.combined import ReviseItem
from contracts.rpc.desk import Adopt
from contracts.rpc.publications import Numbering, RecordPublication
from contracts.rpc.roles import ISSUE_READERS
from contracts.vocabulary import Role, Secrecy
from kernel.errors import Conflict, Forbidden, Invalid, StaleVersion
from kernel.papers.official.content import Article, Head
from kernel.papers.official.pdf_writer import write_pdf
from kernel.papers.official.texts import blocks_of
from services.review.model.adoptions import Adoption
from services.review.model.composition import (
    IssuePlace,
    check_arrangement,
    composition_hash,
    content_of,
    estimated_pages,
    in_order,
)
from services.review.model.desk import DeskItem
from services.review.model.issues import Issue
from services.review.model.proofs import IssueSignature, next_step
from services.review.model.publications import Publication
from services.review.numbering import number_line
from tests.factories.papers import DAY, IMPRINT, plain
from tests.factories.review import CHIEF, EDITOR, NOW, person, registered
from tests.support.pdf_measures import Measured

COLUMNS = ["要情", "简讯"]
TODAY = date(2026, 11, 24)
PARAGRAPH = "会议强调，要压紧压实责任；要坚持开展起底式排查（重点是人员密集场所、燃气、危化品），确保万无一失。" * 2
TEXT = st.text(alphabet="政务信息 ，。abc\n", max_size=200)


def adoption(title: str = "标题") -> Adoption:
    item = DeskItem.queued(registered())
    return Adoption.of(item, Adopt(report_id=item.report_id, issue_id=uuid4(), title=title), EDITOR, NOW)


def place(one: Adoption, column: str | None, position: int) -> tuple[UUID, IssuePlace]:
    one.column_name = column
    return one.adoption_id, IssuePlace(adoption_id=one.adoption_id, position=position)


def test_R23_items_come_by_column_then_place_and_unplaced_ones_last() -> None:
    first, second, brief, unplaced = (adoption(name) for name in ("一", "二", "简", "新"))
    places = dict([place(first, "要情", 1), place(second, "要情", 0), place(brief, "简讯", 2)])
    ordered = in_order([unplaced, first, brief, second], places, COLUMNS)
    assert [(one.title, column) for one, column in ordered] == [
        ("二", "要情"), ("一", "要情"), ("简", "简讯"), ("新", None),
    ]  # fmt: skip


@given(st.permutations(range(5)), st.lists(st.sampled_from([*COLUMNS, None, "旧栏目"]), min_size=5, max_size=5))
def test_R23_the_order_holds_every_item_once_however_they_are_read(
    order: list[int], columns: list[str | None]
) -> None:
    adoptions = [adoption() for _ in range(5)]
    pairs = enumerate(zip(adoptions, columns, strict=True))
    places = dict(place(one, column, number) for number, (one, column) in pairs)
    wanted = in_order(adoptions, places, COLUMNS)
    assert in_order([adoptions[number] for number in order], places, COLUMNS) == wanted
    assert {id(one) for one, _ in wanted} == {id(one) for one in adoptions}


@pytest.mark.parametrize(
    ("places", "pointer"),
    [
        ([("要情", [1]), (None, [])], "/places"),
        ([("要情", [1, 2]), (None, [1])], "/places/1/adoption_ids/0"),
        ([("要闻", [1, 2])], "/places/0/column"),
        ([("要情", [1]), ("要情", [2])], "/places/1/column"),
        ([("要情", [1, 2, 3])], "/places"),
    ],
)
def test_R23_an_arrangement_names_each_item_once_and_known_columns(
    places: list[tuple[str | None, list[int]]], pointer: str
) -> None:
    wanted = [(column, [UUID(int=number) for number in numbers]) for column, numbers in places]
    with pytest.raises(Invalid) as refused:
        check_arrangement(COLUMNS, wanted, [UUID(int=1), UUID(int=2)])
    assert refused.value.pointer == pointer


def test_R23_a_signature_covers_order_column_and_words() -> None:
    one, other = adoption("一"), adoption("二")
    issue = Issue(issue_id=uuid4())
    seen = composition_hash(issue, [(one, "要情"), (other, None)])
    assert seen != composition_hash(issue, [(other, None), (one, "要情")])
    assert seen != composition_hash(issue, [(one, "简讯"), (other, None)])
    one.rewrite("一", "另一段文字", CHIEF.id)
    assert seen != composition_hash(issue, [(one, "要情"), (other, None)])


def test_R23_a_signature_covers_the_words_of_a_correction_and_is_as_it_was_where_nothing_is_corrected() -> None:
    items = [(adoption("一"), None)]
    correction = Issue(corrects_issue_id=uuid4(), correction_reason="“15家”应为“51家”。")
    before = composition_hash(correction, items)
    correction.correction_reason = "“15家”应为“5家”。"
    assert before != composition_hash(correction, items)
    assert composition_hash(Issue(), items) == digest({"items": [content_of(*item) for item in items]})


@given(st.lists(st.tuples(TEXT, TEXT), max_size=6), TEXT)
def test_R23_more_text_never_takes_fewer_pages(items: list[tuple[str, str]], further: str) -> None:
    assert 1 <= estimated_pages(items) <= estimated_pages([*items, ("又一条", further)])


@pytest.mark.parametrize("number", [1, 2, 6, 15])
def test_R23_an_estimate_is_at_most_one_page_off_what_the_typesetter_makes(number: int) -> None:
    bodies = ["\n".join([PARAGRAPH] * (1 + one % 3)) for one in range(number)]
    items = [(f"第{place}条关于深入开展安全生产大检查情况的报告", body) for place, body in enumerate(bodies)]
    articles = tuple(Article(title, blocks_of(body), source="河西区", column="要情") for title, body in items)
    head = Head("政务信息", "2026年第12期", issued_by="市政府办公厅", issued_on=DAY)
    listed = "本期要目" if number > 1 else ""
    document = replace(plain(), head=head, articles=articles, contents_title=listed, imprint=IMPRINT)
    paper = Measured(write_pdf(document))
    assert abs(estimated_pages(items, columns=1) - len(paper)) <= 1


def test_R23_a_page_is_estimated_at_22_lines_of_28_characters() -> None:
    pages = estimated_pages([("标题", "字" * 28 * 22 * 400)])
    assert 400 <= pages <= 402


@pytest.mark.parametrize(
    ("numbering", "supplement", "line"),
    [
        (Numbering.YEARLY, False, "2026年第12期"), (Numbering.TOTAL, False, "总第345期"),
        (Numbering.BOTH, False, "2026年第12期（总第345期）"), (Numbering.TOTAL, True, "2026年增刊第12期"),
    ],
)  # fmt: skip
def test_R23_an_issue_is_called_as_its_publication_counts(numbering: Numbering, supplement: bool, line: str) -> None:
    assert number_line(numbering, 2026, 12, 345, supplement=supplement) == line


def publication(**changes: object) -> tuple[Publication, RecordPublication]:
    held = Publication(code="daily", version=1, numberings=[])
    return held, RecordPublication.model_validate({"code": "daily", "name": "每日要情"} | changes)


def test_R23_another_numbering_holds_from_its_day_and_never_for_days_past() -> None:
    held, request = publication(numbering="total", numbering_from="2027-01-01")
    held.change(request, TODAY)
    assert [held.numbering_on(date(2026, 12, 31)), held.numbering_on(date(2027, 1, 1))] == ["yearly", "total"]
    with pytest.raises(Invalid, match="past"):
        held.change(request.model_copy(update={"numbering_from": date(2026, 1, 1)}), TODAY)


def test_R23_a_change_of_a_publication_seen_before_another_change_is_refused() -> None:
    held, request = publication(version=1)
    held.change(request, TODAY)
    with pytest.raises(StaleVersion):
        held.change(request, TODAY)


@pytest.mark.parametrize("secrecy", Secrecy.UNCLASSIFIED.above())
def test_R23_only_unclassified_publications_are_accepted(secrecy: Secrecy) -> None:
    held, request = publication(secrecy=secrecy)
    with pytest.raises(Invalid) as refused:
        held.change(request, TODAY)
    assert refused.value.pointer == "/secrecy"


@pytest.mark.parametrize("role", Role)
def test_R23_only_posts_that_may_read_issues_stand_in_a_distribution_list(role: Role) -> None:
    lines = [{"kind": "reader", "name": "档案室"}, {"kind": "post", "name": "岗位", "role": role}]
    held, request = publication(distribution=lines)
    if role in ISSUE_READERS:
        held.change(request, TODAY)
        return
    with pytest.raises(Invalid) as refused:
        held.change(request, TODAY)
    assert refused.value.pointer == "/distribution/1/role"


@pytest.mark.parametrize(
    "line", [{"kind": "unit"}, {"kind": "post", "unit_id": UUID(int=1)}, {"kind": "reader", "role": Role.LEADER}]
)
def test_R23_a_line_of_the_distribution_list_says_who_is_meant(line: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        publication(distribution=[{"name": "某处"} | line])


def signature(by: str) -> IssueSignature:
    return IssueSignature(signer_id=by)


def test_R23_signers_sign_in_turn_and_nobody_twice() -> None:
    chain, both = ["editor", "chief_editor"], person("两职", Role.EDITOR, Role.CHIEF_EDITOR)
    with pytest.raises(Forbidden):
        next_step(chain, [], CHIEF)
    assert next_step(chain, [], both) == "editor"
    with pytest.raises(Conflict):
        next_step(chain, [signature(both.id)], both)
    assert next_step(chain, [signature(EDITOR.id)], CHIEF) == "chief_editor"
    with pytest.raises(Conflict):
        next_step([], [], CHIEF)


@pytest.mark.parametrize("model", [Adopt, ReviseItem])
def test_R23_an_item_of_100000_characters_is_refused_by_its_field(model: type[Adopt | ReviseItem]) -> None:
    with pytest.raises(ValidationError) as refused:
        model.model_validate({"title": "标题", "body": "字" * 100_000})
    assert ("body",) in {fault["loc"] for fault in refused.value.errors() if fault["type"].endswith("too_long")}
