"""The editors' desk: the queue, and one report with its original and the edit copy beside it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from flask import flash, render_template, request

from contracts.problems import PROBLEMS
from contracts.rpc.adoptions import Adoptions, ToldAdoption
from contracts.rpc.desk import DeskItem, Passings, RecordedOutcome
from contracts.rpc.intake import Report
from contracts.rpc.issues import Issue, IssuePage
from contracts.rpc.roles import DESK
from contracts.rpc.verifications import Conclusion, VerificationMeans
from contracts.vocabulary import (
    URGENT_KINDS,
    DeskState,
    IssueState,
    Kind,
    Leaning,
    Level,
    Outcome,
    ReportState,
    Role,
    Secrecy,
    Severity,
    UnitClass,
)
from gateway.assembly import gateway
from gateway.console.amendments import amendments_of, field_word
from gateway.console.answered import answered_by
from gateway.console.attachments import files_of_report
from gateway.console.directory import tree
from gateway.console.forms import UNDECIDED, asked, asked_query, beijing_time, line, paragraphs
from gateway.console.page import Answer, Page
from gateway.console.queue_order import go_on, is_undoable, just_done, onward, shown_page
from gateway.console.queue_places import FILTERS, KEPT, item_again, view_here, view_of
from gateway.console.queue_views import own_views
from gateway.console.research import projects_for
from gateway.console.signed_facts import signed_facts
from gateway.console.similar import similar_to
from gateway.console.verifications import verifications_of
from gateway.directory import holders
from gateway.entrance import present
from kernel.clock import china_day
from kernel.errors import Conflict, Invalid, Refusal, StaleVersion

LATER = (ReportState.PRE_ADOPTED, ReportState.PASSED_UP, ReportState.FOR_READING)
"""Decisions upon which adoption may follow."""
REOPENED = (*LATER, ReportState.KEPT)
"""Decisions after which any editor may let the report wait again."""
DECISIONS = (*REOPENED, ReportState.ADOPTED, ReportState.RETURNED, ReportState.NOT_USED)


def list_queue() -> Answer:
    """The rows alone where the page asks for them anew."""
    query = asked_query(*KEPT)
    shown = shown_page(query)
    rows = {"page": shown.page, "query": query, "view": view_of(query), "items": shown.rows}
    if request.headers.get("HX-Target") == "queue":
        return render_template("console/queue_rows.html", **rows)
    return render_template(
        "console/queue.html", **rows, states=DeskState, decisions=DECISIONS, kinds=Kind,
        severities=Severity, leanings=Leaning, unit_classes=UnitClass, views=own_views(), filters=FILTERS,
        units=_units(query.get("unit_id"), shown.page.items), done=just_done(query),
    )  # fmt: skip


def _units(chosen: str | None, items: list[DeskItem]) -> dict[str, str]:
    """Names to choose from by id; the chosen unit is among them also when it has ended or intake is away, which the
    list survives."""
    names: dict[str, str] = {}
    with suppress(Refusal):
        names = {str(unit.unit_id): "　" * unit.depth + unit.name for unit in tree()}
    if chosen and chosen not in names:
        names[chosen] = next((item.unit_name for item in items if str(item.unit_id) == chosen), "所选的单位")
    return names


def show_desk_item(report_id: UUID) -> Answer:
    """Opening the page is what tells the unit that the city has seen its report; another site's link does not count."""
    foreign = request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}
    method = "get_desk_item" if foreign or request.method == "HEAD" else "open_desk_item"
    item = asked("review", method, DeskItem, report_id=report_id)
    return desk_page(item)


def desk_page(
    item: DeskItem, typed: tuple[str, str] | None = None, compared: Any = None, refusal: Refusal | None = None
) -> str:
    """The page of one report; `typed` is an edit copy in the making, `compared` how it differs from the original, and
    `refusal` says why it was not adopted."""
    report_id = item.report_id
    original, now = _original(report_id), gateway().clock.now()
    adoptions = asked("review", "list_adoptions", Adoptions, report_id=report_id).items
    kept = _kept_copy(item, adoptions)
    today = china_day(now)
    with gateway().database.reading() as session:
        editors, leaders = holders(session, today, *DESK), holders(session, today, Role.LEADER)
    return render_template(
        "console/desk_item.html", item=item, typed=typed or _words(kept or item), compared=compared,
        adoptions=adoptions, kept=None if typed else kept,
        editors=[each for each in editors if str(each[0]) != item.claimed_by_id], leaders=leaders,
        passed=_passings(item), view=view_here(), packed=view_of(view_here()),
        later=LATER, reopened=REOPENED, chosen=request.form or kept or {}, refusal=refusal,
        undoable=is_undoable(item, present().principal.id, now), issues=_composing(item),
        issue=_adopted_into(item), levels=Level, outcomes=Outcome,
        facts=signed_facts(original, files_of_report(report_id)) if original else [],
        flags=original.flags if original and item.kind in URGENT_KINDS else [],
        similar=similar_to(report_id), report_id=report_id,
        amendments=amendments_of(report_id, item.report_version), field_word=field_word,
        secrecies=(original.secrecy if original else Secrecy.UNCLASSIFIED).above(),
        verifications=verifications_of(report_id), conclusions=Conclusion, means=VerificationMeans,
        projects=projects_for(item), answered=answered_by(item), done=just_done(view_here()), moment=now,
        mine=item.claimed_by_id == present().principal.id,
    )


def _original(report_id: UUID) -> Report | None:
    """What was signed beside title and text and what intake marked; None while intake is away, which the desk
    survives."""
    try:
        return asked("intake", "get_report", Report, report_id=report_id)
    except Refusal:
        return None


def _words(of: DeskItem | ToldAdoption) -> tuple[str | None, str | None]:
    return of.title, of.body


def _kept_copy(item: DeskItem, adoptions: list[ToldAdoption]) -> ToldAdoption | None:
    """Where to go on from: the newest adoption, withdrawn since, with an edit copy of the text that lies here."""
    newest = adoptions[0] if adoptions else None
    return newest if newest and newest.title and newest.report_version == item.report_version else None


def _passings(item: DeskItem) -> Passings:
    return asked("review", "list_passings", Passings, report_id=item.report_id)


def _composing_ahead(item: DeskItem) -> bool:
    """Whether it may still be adopted."""
    return item.state is not DeskState.DECIDED or item.decision in LATER


def _composing(item: DeskItem) -> list[Issue]:
    """Issues it can be adopted into; one that was chosen before comes first."""
    if not _composing_ahead(item):
        return []
    issues = asked("review", "list_issues", IssuePage, state=IssueState.COMPOSING).items
    return sorted(issues, key=lambda issue: str(issue.issue_id) != line("issue_id"))


def _adopted_into(item: DeskItem) -> Issue | None:
    if item.issue_id is None:
        return None
    try:
        return asked("review", "get_issue", Issue, issue_id=item.issue_id)
    except Refusal:
        return None


def claim_report(report_id: UUID) -> Answer:
    """A claim that has not lapsed is taken over by the chief editor alone, who says so."""
    item = asked("review", "claim_report", DeskItem, report_id=report_id, take_over=line("take_over") == "true")
    if item.taken_from:
        flash(f"已接手，原由{item.taken_from}认领。")
    return item_again(report_id)


def release_report(report_id: UUID) -> Answer:
    place = onward(report_id)
    asked("review", "release_report", DeskItem, report_id=report_id)
    flash("已放回编辑台。")
    return go_on(place)


def return_report(report_id: UUID) -> Answer:
    place = onward(report_id)
    asked("review", "return_report", DeskItem, report_id=report_id, remarks=paragraphs("remarks"))
    flash("已退回报送单位修改。")
    return go_on(place, [report_id])


def keep_report(report_id: UUID) -> Answer:
    place = onward(report_id)
    asked("review", "keep_report", DeskItem, report_id=report_id)
    flash("已存档备查。")
    return go_on(place, [report_id])


def decline_report(report_id: UUID) -> Answer:
    place = onward(report_id)
    asked("review", "decline_report", DeskItem, report_id=report_id, reason=paragraphs("reason"))
    flash("已记为不采用。")
    return go_on(place, [report_id])


def adopt_report(report_id: UUID) -> Answer:
    """A refusal shows the page as it is now, with the edit copy and what was chosen for it."""
    place = onward(report_id)
    try:
        _adopted(report_id)
    except (Invalid, Conflict, StaleVersion) as refusal:
        return _not_adopted(report_id, refusal)
    flash("已采用，编入所选的一期。")
    return go_on(place, [report_id])


def _not_adopted(report_id: UUID, refusal: Refusal) -> Answer:
    """Raises the refusal again where the page would have no place for the edit copy: the act may still run, or the
    report or its issue is gone from here."""
    if refusal.problem not in UNDECIDED:
        item = asked("review", "get_desk_item", DeskItem, report_id=report_id)
        if _composing(item):
            page = desk_page(item, (line("title") or "", paragraphs("body")), refusal=refusal)
            return page, PROBLEMS[refusal.problem].status
    raise refusal


def _adopted(report_id: UUID) -> DeskItem:
    """With the edit copy where it differs from the original."""
    title, body = line("title"), paragraphs("body")
    copy = {
        name: text
        for name, text, original in (
            ("title", title, request.form.get("original_title", "")),
            ("body", body, paragraphs("original_body")),
        )
        if text and text != original
    }
    return asked(
        "review", "adopt_report", DeskItem, report_id=report_id, issue_id=line("issue_id"),
        item_kind=line("item_kind") or "item", column=line("column"), **copy,
    )


def withdraw_adoption(report_id: UUID) -> Answer:
    asked("review", "withdraw_adoption", DeskItem, report_id=report_id, reason=paragraphs("reason"))
    flash("已撤销采用，信息回到编辑台。")
    return item_again(report_id)


def record_outcome(report_id: UUID) -> Answer:
    asked(
        "review", "record_outcome", RecordedOutcome, report_id=report_id, level=line("level"), outcome=line("outcome"),
        publication=line("publication"), happened_at=beijing_time("happened_at"),
    )
    flash("已登记上级采用、批示情况。")
    return item_again(report_id)


ONE = "/queue/<uuid:report_id>"

PAGES = (
    Page("GET", "/queue", list_queue),
    Page("GET", ONE, show_desk_item),
    Page("POST", f"{ONE}/claim", claim_report),
    Page("POST", f"{ONE}/release", release_report),
    Page("POST", f"{ONE}/return", return_report),
    Page("POST", f"{ONE}/keeping", keep_report),
    Page("POST", f"{ONE}/decline", decline_report),
    Page("POST", f"{ONE}/adoption", adopt_report),
    Page("POST", f"{ONE}/adoption/withdrawal", withdraw_adoption),
    Page("POST", f"{ONE}/outcomes", record_outcome),
)
