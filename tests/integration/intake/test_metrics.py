"""R25: intake's figures come from the database."""

from __future__ import annotations

from datetime import timedelta

from services.intake.metrics import FIGURES
from tests.factories.intake import DUE, OCCURRED, AcceptedFactory, ContentFactory, PersonFactory
from tests.integration.intake.conftest import Office

OFFICER = PersonFactory.officer()


def figures(office: Office) -> dict[str, dict[tuple[str, ...], float]]:
    with office.harness.database.reading() as session:
        return {figure.name: dict(figure.read(session, office.clock.now())) for figure in FIGURES}


def test_R25_figures_of_an_empty_intake(office: Office) -> None:
    read = figures(office)
    assert read["chengbao_drafts_offered"] == {(): 0}
    assert read["chengbao_drafts_awaiting_endorsement"] == {(): 0}
    assert read["chengbao_drafts_oldest_unendorsed_age_seconds"] == {(): 0.0}
    assert read["chengbao_intake_watermark_age_seconds"] == {}


def test_R25_figures_count_what_is_in_the_database(office: Office) -> None:
    office.accept(AcceptedFactory.urgent_in_time(), AcceptedFactory.urgent_late(), AcceptedFactory.development())
    office.offer(office.save(ContentFactory.urgent(), OFFICER), OFFICER)
    office.watermark(OCCURRED, 1)
    office.clock.at = DUE + timedelta(minutes=1)
    read = figures(office)
    larger = ("district", "larger")
    assert {name: read[f"chengbao_urgent_reports_{name}"][larger] for name in ("met", "missed", "open", "overdue")} == {
        "met": 1,
        "missed": 1,
        "open": 0,
        "overdue": 1,
    }
    assert read["chengbao_reports_registered"] == {("development",): 1, ("urgent_first",): 2}
    assert read["chengbao_drafts_offered"] == {(): 1}
    assert read["chengbao_drafts_oldest_offer_age_seconds"] == {(): 176 * 60}
    assert read["chengbao_intake_watermark_age_seconds"] == {(): 181 * 60}
