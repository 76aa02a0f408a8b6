"""Publishing exactly once, numbered without gaps, with evidence (R23)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID, uuid4

import pytest

from contracts.events import review as events
from contracts.rpc.publications import Publication
from contracts.vocabulary import IssueState, Level, Role
from kernel.audit.checkpoints import checkpoint
from kernel.audit.keys import key_id
from kernel.audit.witnesses import NotAWitness, witness_of
from kernel.database import EntryRef
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, StaleVersion
from kernel.principal import system_principal
from tests.factories.review import CHIEF, EDITOR, LEADER, NOW, ReviewOffice, at_once, person, registered

OTHER_CHIEF = person("冯总编", Role.CHIEF_EDITOR)


def test_R23_a_published_issue_tells_its_items_with_the_whole_share(office: ReviewOffice) -> None:
    issue = office.open_issue()
    report = office.adopted(issue.issue_id)
    published = office.publish(issue.issue_id)
    assert (published.state, published.year, published.number) == (IssueState.PUBLISHED, 2026, 1)
    (told,) = office.told(events.IssuePublished)
    assert (told.number, told.level, told.published_at) == (1, Level.CITY, NOW)
    assert [(item.report_id, item.share) for item in told.items] == [(report.report_id, Decimal(1))]


def test_R23_two_chief_editors_pressing_at_once_publish_once(office: ReviewOffice) -> None:
    issue = office.open_issue()
    office.adopted(issue.issue_id)
    fields = {"issue_id": issue.issue_id, "version": 2}
    results = at_once(
        *(lambda chief=chief: office.do("publish_issue", chief, **fields) for chief in (CHIEF, OTHER_CHIEF) * 2)
    )
    assert [type(result) for result in results].count(Conflict) == 3
    assert len(office.told(events.IssuePublished)) == 1


def test_R23_issues_published_at_once_get_numbers_without_gaps(office: ReviewOffice) -> None:
    issues = [office.open_issue() for _ in range(4)]
    for issue in issues:
        office.adopted(issue.issue_id)
    results = at_once(*(lambda one=issue.issue_id: office.publish(one).number for issue in issues))
    assert sorted(map(str, results)) == ["1", "2", "3", "4"]


def test_R23_a_refused_publication_uses_up_no_number(office: ReviewOffice) -> None:
    empty, full = office.open_issue(), office.open_issue()
    office.adopted(full.issue_id)
    with pytest.raises(Conflict):
        office.publish(empty.issue_id)
    assert office.publish(full.issue_id).number == 1


def test_R23_each_publication_and_each_year_of_the_city_counts_for_itself(office: ReviewOffice) -> None:
    numbers = []
    for code, instant in (
        ("brief", datetime(2026, 12, 31, 15, 59, tzinfo=UTC)),
        ("brief", datetime(2026, 12, 31, 16, 0, tzinfo=UTC)),
        ("daily", datetime(2026, 12, 31, 16, 0, tzinfo=UTC)),
        ("brief", datetime(2026, 12, 31, 16, 1, tzinfo=UTC)),
    ):
        office.harness.clock.at = instant
        issue = office.open_issue(code)
        office.adopted(issue.issue_id)
        published = office.publish(issue.issue_id)
        numbers.append((code, published.year, published.number))
    assert numbers == [("brief", 2026, 1), ("brief", 2027, 1), ("daily", 2027, 1), ("brief", 2027, 2)]


def test_R23_an_issue_that_changed_since_it_was_seen_is_not_published(office: ReviewOffice) -> None:
    issue = office.open_issue()
    office.adopted(issue.issue_id)
    with pytest.raises(StaleVersion):
        office.do("publish_issue", CHIEF, issue_id=issue.issue_id, version=issue.version)


def test_R23_adopting_and_publishing_at_once_never_slips_an_unseen_item_in(office: ReviewOffice) -> None:
    issue = office.open_issue()
    office.adopted(issue.issue_id)
    late = registered()
    office.register(late)
    published, adopted = at_once(
        lambda: office.do("publish_issue", CHIEF, issue_id=issue.issue_id, version=2),
        lambda: office.do("adopt_report", EDITOR, report_id=late.report_id, issue_id=issue.issue_id),
    )
    assert isinstance(published, StaleVersion) != isinstance(adopted, Conflict)
    expected = 1 if isinstance(adopted, Conflict) else 2
    assert len(office.do("get_issue", CHIEF, issue_id=issue.issue_id).items) == expected


def test_R23_the_chief_editor_does_not_publish_his_own_edit_copy(office: ReviewOffice) -> None:
    issue = office.open_issue()
    report = registered()
    office.register(report)
    office.do("adopt_report", CHIEF, report_id=report.report_id, issue_id=issue.issue_id, title="总编改过的标题")
    with pytest.raises(Forbidden):
        office.publish(issue.issue_id)
    seen = office.do("get_issue", OTHER_CHIEF, issue_id=issue.issue_id)
    office.do("publish_issue", OTHER_CHIEF, issue_id=issue.issue_id, version=seen.version)


def test_R23_a_published_issue_takes_no_further_report(office: ReviewOffice) -> None:
    issue = office.open_issue()
    office.adopted(issue.issue_id)
    office.publish(issue.issue_id)
    late = registered()
    office.register(late)
    with pytest.raises(Conflict, match=r"No\. 1 of 2026"):
        office.do("adopt_report", EDITOR, report_id=late.report_id, issue_id=issue.issue_id)


def test_R23_a_published_issue_carries_its_entry_and_the_newest_checkpoint(office: ReviewOffice) -> None:
    database = office.harness.database
    issue = office.open_issue()
    office.adopted(issue.issue_id)
    with database.work(system_principal("review")) as work:
        newest = checkpoint(work, office.harness.clock, office.harness.keyring)
    assert newest is not None
    evidence = office.publish(issue.issue_id).evidence
    assert evidence is not None
    assert (evidence["checkpoint_number"], evidence["checkpoint_root"]) == (str(newest.number), newest.root)
    assert evidence["content_hash"].startswith("sha256:")


def test_R23_the_signed_document_of_a_published_issue_is_a_witness(office: ReviewOffice) -> None:
    keyring = office.harness.keyring
    issue = office.open_issue()
    office.adopted(issue.issue_id)
    evidence = office.publish(issue.issue_id).evidence
    assert evidence is not None
    public_key = keyring.private_key.public_key()
    document = json.loads(evidence["document"])
    witness = witness_of(document, {key_id("review", public_key): public_key})
    assert witness.entry == EntryRef(int(evidence["lane"]), int(evidence["number"]), evidence["hash"])
    with pytest.raises(NotAWitness):
        witness_of(document | {"number": 2}, {key_id("review", public_key): public_key})


def test_R23_opening_an_issue_twice_or_of_an_unknown_publication_is_refused(office: ReviewOffice) -> None:
    issue = office.open_issue()
    with pytest.raises(Conflict):
        office.do("open_issue", EDITOR, issue_id=issue.issue_id, publication_code="brief")
    with pytest.raises(Invalid) as refused:
        office.do("open_issue", EDITOR, issue_id=uuid4(), publication_code="none")
    assert refused.value.pointer == "/publication_code"


def test_R23_publications_are_changed_by_their_code_and_listed_in_pages(office: ReviewOffice) -> None:
    office.do("record_publication", CHIEF, code="brief", name="每日要情")
    changed = office.do("record_publication", CHIEF, code="brief", name="每日要情（增刊）", columns=["要闻", "参阅"])
    office.do("record_publication", CHIEF, code="special", name="专报", level=Level.UPPER)
    assert changed.version == 2
    page = office.do("list_publications", EDITOR, limit=1)
    assert page.items == [changed]
    assert [one.code for one in office.do("list_publications", EDITOR, cursor=page.next_cursor).items] == ["special"]


def test_R23_issues_are_listed_newest_first_by_state(office: ReviewOffice) -> None:
    first = office.open_issue()
    office.adopted(first.issue_id)
    office.publish(first.issue_id)
    office.harness.clock.at = datetime(2026, 11, 25, tzinfo=UTC)
    second = office.open_issue()
    listed: list[UUID] = []
    cursor = None
    for _ in range(2):
        page = office.do("list_issues", EDITOR, limit=1, cursor=cursor)
        listed += [issue.issue_id for issue in page.items]
        cursor = page.next_cursor
    assert (listed, cursor) == ([second.issue_id, first.issue_id], None)
    published = office.do("list_issues", EDITOR, state="published").items
    assert [issue.issue_id for issue in published] == [first.issue_id]


def test_R23_whoever_makes_issues_is_told_who_began_each_and_when_and_what_it_corrects(office: ReviewOffice) -> None:
    first = office.open_issue()
    office.adopted(first.issue_id)
    number_line = office.publish(first.issue_id).number_line
    later = office.harness.clock.at = NOW + timedelta(minutes=1)
    office.do(
        "open_issue", EDITOR, issue_id=uuid4(), publication_code="brief",
        corrects={"issue_id": first.issue_id, "reason": "数字有误"},
    )  # fmt: skip
    begun, _ = office.do("list_issues", EDITOR).items
    assert (begun.opened_by, begun.opened_at, begun.corrects.number_line) == (EDITOR.name, later, number_line)
    (read,) = office.do("list_issues", LEADER).items
    assert (read.opened_by, read.opened_at) == (None, None)


@pytest.mark.parametrize("role", [Role.LEADER, Role.SECRETARY, Role.SUPERVISOR])
def test_R23_an_issue_is_read_outside_the_desk_only_once_it_is_distributed(office: ReviewOffice, role: Role) -> None:
    composing, published = office.open_issue(), office.open_issue()
    office.adopted(published.issue_id)
    office.publish(published.issue_id)
    reader = person("陈副市长", role)
    assert [issue.issue_id for issue in office.do("list_issues", reader).items] == [published.issue_id]
    assert office.do("list_issues", reader, state=IssueState.COMPOSING).items == []
    assert office.do("get_issue", reader, issue_id=published.issue_id).number == 1
    with pytest.raises(NotFound):
        office.do("get_issue", reader, issue_id=composing.issue_id)
    assert office.do("get_issue", EDITOR, issue_id=composing.issue_id).state == IssueState.COMPOSING


def test_R23_a_publication_recorded_by_two_at_once_is_one_publication(office: ReviewOffice) -> None:
    record = partial(office.do, "record_publication", CHIEF, code="reference", name="参阅")
    results = at_once(*[record] * 4)
    assert all(isinstance(result, Conflict | Publication) for result in results)
    assert [one.code for one in office.do("list_publications", EDITOR).items].count("reference") == 1


def test_R17_an_instruction_entered_by_two_at_once_is_given_once(office: ReviewOffice) -> None:
    instruction_id, given = uuid4(), office.instruct()
    fields = given.model_dump(include={"issue_id", "report_id", "leader", "text", "instruction_class", "given_at"})
    enter = partial(
        office.do, "record_instruction", LEADER, instruction_id=instruction_id, assignments=[], **fields
    )
    results = at_once(*[enter] * 4)
    assert [type(result) for result in results].count(Conflict) == 3
    told = [event.instruction_id for event in office.told(events.InstructionGiven)]
    assert told.count(instruction_id) == 1
