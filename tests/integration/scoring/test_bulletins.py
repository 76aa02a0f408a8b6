from __future__ import annotations

import base64
import hashlib
import io
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
import rfc8785
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from contracts.events.scoring import BulletinIssued
from contracts.rpc.paging import ListQuery
from contracts.rpc.scoring import PeriodQuery
from contracts.vocabulary import Role, UnitClass
from kernel.audit.keys import key_id
from kernel.audit.witnesses import NotAWitness, witness_of
from kernel.database import EntryRef
from kernel.errors import Conflict, Forbidden, NotFound
from services.scoring.model.bulletins import IssuedBulletin, Listed, canonical
from services.scoring.model.periods import Period
from services.scoring.queries.bulletins import compose_from_ledger
from tests.factories.scoring import ScoringFactory, person
from tests.factories.scoring_office import CHIEF_EDITOR, EIGHT, SCORING_OFFICER, ScoringOffice


def recomputed(office: ScoringOffice, period: str) -> tuple[str, str]:
    """The issued document, and the one the ledger gives now."""
    with office.harness.database.reading() as session:
        issued = session.scalars(select(IssuedBulletin).where(IssuedBulletin.period == period)).one()
        roster = [Listed.from_kept(kept) for kept in issued.roster]
        return issued.document, canonical(compose_from_ledger(session, Period.parse(period), roster))


def test_R19_all_units_appear_in_the_month_s_bulletin_by_points_then_pinyin(office: ScoringOffice) -> None:
    office.adopt(office.water)

    bulletin = office.issue("2026-11")

    assert bulletin.title == "2026年11月政务信息工作得分情况通报"
    assert [(line.rank, line.unit_name, line.points) for line in bulletin.lines] == [
        (1, "水利局", Decimal(6)), (2, "公安局", Decimal(0)), (2, "民政局", Decimal(0)),
    ]
    assert bulletin.rule_titles == {"adoption.city": "市级采用"}


def test_R19_units_closed_before_the_period_and_the_city_s_office_do_not_appear(office: ScoringOffice) -> None:
    gone = ScoringFactory.unit(office.police, "公安局", valid_to=date(2026, 10, 31))
    office.hear(gone, 2)
    office.hear(ScoringFactory.unit(office.civil, "市政府办公厅", UnitClass.CITY_OFFICE), 2)

    assert [line.unit_name for line in office.compute("2026-11").lines] == ["水利局"]


def test_R19_a_draft_has_the_hash_the_issued_bulletin_gets(office: ScoringOffice) -> None:
    office.adopt(office.water)

    draft, issued = office.compute("2026-11"), office.issue("2026-11")

    assert draft.content_hash == issued.content_hash
    assert (draft.issued_at, issued.issued_at) == (None, office.clock.now())


def test_R19_an_issued_bulletin_is_recomputed_from_the_ledger_to_the_byte(office: ScoringOffice) -> None:
    item = office.adopt(office.water)
    office.adopt(office.police)
    office.issue("2026-11")
    office.hear(ScoringFactory.withdrawal(item), 2)
    office.adopt(office.civil)
    office.hear(ScoringFactory.unit(office.water, "水务局"), 2)
    office.hear(ScoringFactory.unit(office.civil, "民政和退役军人局"), 2)

    document, again = recomputed(office, "2026-11")

    assert document == again


def test_R19_what_comes_after_the_bulletin_counts_in_the_next_and_is_shown_there(office: ScoringOffice) -> None:
    item = office.adopt(office.water)
    office.issue("2026-11")
    office.adopt(office.police)
    office.hear(ScoringFactory.withdrawal(item), 2)

    december = office.compute("2026-12")

    assert {line.unit_name: line.points for line in december.lines} == {
        "水利局": Decimal(-6), "公安局": Decimal(6), "民政局": Decimal(0),
    }
    assert [(one.unit_name, one.month, one.points) for one in december.corrections] == [
        ("公安局", "2026-11", Decimal(6)), ("水利局", "2026-11", Decimal(-6)),
    ]
    assert office.ledger()[0].explanation_zh.endswith("（2026年11月通报已印发，计入2026年12月）")


def test_R11_a_withdrawn_adoption_counts_no_more_in_the_draft_of_the_bulletin(office: ScoringOffice) -> None:
    item = office.adopt(office.water)
    before = office.compute("2026-11")
    office.hear(ScoringFactory.withdrawal(item), 2)
    after = office.compute("2026-11")
    points = [{line.unit_name: line.points for line in draft.lines}["水利局"] for draft in (before, after)]
    assert points == [Decimal(6), Decimal(0)]


def test_R19_a_month_issued_out_of_turn_stays_as_it_was_when_a_later_one_was_issued(office: ScoringOffice) -> None:
    october = datetime(2026, 10, 8, tzinfo=UTC)
    office.adopt(office.water, published_at=october)
    office.issue("2026-11")
    office.adopt(office.water, published_at=october)

    assert office.points("2026-10") == {"水利局": Decimal(6)}
    assert recomputed(office, "2026-11")[0] == recomputed(office, "2026-11")[1]


def test_R19_the_year_s_total_goes_on_over_quarter_and_year(office: ScoringOffice) -> None:
    for month in (1, 5, 11):
        office.adopt(office.water, published_at=datetime(2026, month, 8, tzinfo=UTC))

    assert office.points("2026-q2") == {"水利局": Decimal(6)}
    assert office.compute("2026-q2").lines[0].year_to_date == Decimal(12)
    assert office.points("2026") == {"水利局": Decimal(18)}


def test_R19_a_bulletin_is_issued_once(office: ScoringOffice) -> None:
    office.issue("2026-11")

    with pytest.raises(Conflict, match="has been issued"):
        office.issue("2026-11")


@pytest.mark.parametrize("period", ["2026-12", "2026-q4", "2026", "2027"])
def test_R19_a_period_whose_last_month_has_not_begun_is_not_issued(office: ScoringOffice, period: str) -> None:
    with pytest.raises(Conflict, match="has not begun"):
        office.issue(period)


def test_R19_rules_cannot_begin_in_a_month_that_was_issued(office: ScoringOffice) -> None:
    office.issue("2026-11")

    with pytest.raises(Conflict, match="2026-11"):
        office.record_rules(EIGHT.replace("2027-01-01", "2026-11-01"))


def test_R19_a_unit_the_directory_has_not_told_of_holds_the_bulletin_back(office: ScoringOffice) -> None:
    stranger = UUID(int=9)
    office.adopt(stranger)
    with pytest.raises(Conflict, match="not in the directory"):
        office.issue("2026-11")

    office.hear(ScoringFactory.unit(stranger, "财政局"))

    assert office.issue("2026-11").lines[0].unit_name == "财政局"


def test_R19_an_issued_bulletin_is_announced_with_its_units(office: ScoringOffice) -> None:
    issued = office.issue("2026-11")

    (event,) = office.harness.outbox(BulletinIssued)

    assert (event.data.bulletin_id, event.data.content_hash) == (issued.bulletin_id, issued.content_hash)
    assert sorted(event.data.unit_ids) == [office.water, office.police, office.civil]


def test_R19_an_issued_bulletin_carries_its_evidence(office: ScoringOffice) -> None:
    evidence = office.issue("2026-11").evidence

    assert evidence is not None
    assert {"lane", "number", "hash"} <= evidence.keys()


def test_R19_the_signed_document_of_a_bulletin_and_its_json_file_are_witnesses(office: ScoringOffice) -> None:
    issued = office.issue("2026-11")
    public_key = office.harness.keyring.private_key.public_key()
    keys, evidence = {key_id("scoring", public_key): public_key}, issued.evidence
    assert evidence is not None
    document = json.loads(evidence["document"])
    saved = json.loads(base64.b64decode(office.file("2026-11", "json").content_base64))
    for held in (document, saved):
        entry = witness_of(held, keys).entry
        assert entry == EntryRef(int(evidence["lane"]), int(evidence["number"]), evidence["hash"])
    assert document["content_hash"] == issued.content_hash
    with pytest.raises(NotAWitness):
        witness_of(document | {"content_hash": "sha256:" + "0" * 64}, keys)


def test_access_a_bulletin_is_for_all_but_issued_by_the_chief_editor_only(office: ScoringOffice) -> None:
    officer = person(Role.INFORMATION_OFFICER, unit_id=office.water)
    issued = office.issue("2026-11")

    assert office.harness.call("get_bulletin", PeriodQuery(period="2026-11"), officer) == issued
    assert office.harness.call("list_bulletins", ListQuery(), officer).items == [issued]
    with pytest.raises(Forbidden):
        office.issue("2026-10", officer)


@pytest.mark.parametrize("kind", ["json", "xlsx", "pdf"])
def test_R19_a_file_is_the_same_to_the_byte_every_time(office: ScoringOffice, kind: str) -> None:
    office.adopt(office.water)
    office.issue("2026-11")
    first = office.file("2026-11", kind)
    office.clock.advance(timedelta(days=40))
    office.adopt(office.police)

    assert office.file("2026-11", kind) == first
    assert hashlib.sha256(base64.b64decode(first.content_base64)).hexdigest() == first.sha256


def test_R19_the_json_file_proves_its_hash(office: ScoringOffice) -> None:
    issued = office.issue("2026-11")

    document = json.loads(base64.b64decode(office.file("2026-11", "json").content_base64))

    digest = "sha256:" + hashlib.sha256(rfc8785.dumps(document["bulletin"])).hexdigest()
    assert digest == document["content_hash"] == issued.content_hash


def test_R19_the_spreadsheet_has_a_row_per_unit(office: ScoringOffice) -> None:
    office.hear(ScoringFactory.unit(office.civil, "=民政局"), 2)
    office.adopt(office.water)
    office.issue("2026-11")

    page = load_workbook(io.BytesIO(base64.b64decode(office.file("2026-11", "xlsx").content_base64)))["通报"]
    rows = list(page.iter_rows(values_only=True))

    assert rows[2] == ("名次", "单位", "类别", "市级采用", "本期得分", "本年累计")
    assert rows[3] == (1, "水利局", "委局", 1, 6, 6)
    assert {row[1]: page.cell(number, 2).data_type for number, row in enumerate(rows, 1)}["=民政局"] == "s"


def test_R19_the_paper_names_every_unit_and_the_hash(office: ScoringOffice) -> None:
    office.adopt(office.water)
    issued = office.issue("2026-11")

    pages = PdfReader(io.BytesIO(base64.b64decode(office.file("2026-11", "pdf").content_base64))).pages
    printed = "".join(page.extract_text() for page in pages)

    for words in ("2026年11月政务信息工作得分情况通报", "水利局", "公安局", "民政局", issued.content_hash[-20:]):
        assert words in printed.replace(" ", "").replace("\n", "")


def test_R19_a_bulletin_not_issued_is_not_found(office: ScoringOffice) -> None:
    with pytest.raises(NotFound) as caught:
        office.harness.call("get_bulletin", PeriodQuery(period="2026-11"), CHIEF_EDITOR)

    assert caught.value.detail_zh == "2026年11月的通报尚未印发。"


def test_R19_a_scoring_officer_may_look_at_the_draft(office: ScoringOffice) -> None:
    assert office.harness.call("compute_bulletin", PeriodQuery(period="2026-11"), SCORING_OFFICER).bulletin_id is None
