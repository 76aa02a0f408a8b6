"""The access matrix as data: one row per route, taken from the RPC contract where a service answers.

A route without a row does not start: `check_rows` is called when the application is made, and a test compares both
ways. Order of checks at every request (access.md 1): identity 401, role for this route 403, object 404, act 403 / 409.
"""

from __future__ import annotations

from dataclasses import dataclass

from contracts.rpc.incidents import JOINERS
from contracts.services import RPC
from contracts.vocabulary import Role


@dataclass(frozen=True)
class Access:
    """Who may call a route: everybody, whoever is signed in, or holders of one of `roles`."""

    roles: frozenset[Role] = frozenset()
    public: bool = False
    signed_in: bool = False
    rpc: tuple[str, str] | None = None
    """Service and method that answer; the service checks again."""

    def admits(self, held: frozenset[str]) -> bool:
        return self.public or self.signed_in or not held.isdisjoint(self.roles)


PUBLIC = Access(public=True)
SIGNED_IN = Access(signed_in=True)


def rpc(service: str, method: str) -> Access:
    """The roles of the contract's method."""
    return Access(RPC[service][method].roles, rpc=(service, method))


def roles(*names: Role) -> Access:
    return Access(frozenset(names))


_SYSTEM = roles(Role.SYSTEM_ADMINISTRATOR)
_SECURITY = roles(Role.SECURITY_ADMINISTRATOR)
_ADMINISTRATORS = roles(Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR)
_GRANT_READERS = roles(Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR)
_RECEIPT_READERS = roles(
    Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER, Role.API_CLIENT, Role.EDITOR, Role.CHIEF_EDITOR,
    Role.DUTY_OFFICER, Role.AUDIT_ADMINISTRATOR,
)

MATRIX: dict[str, Access] = {
    # Open to everybody
    "GET /healthz": PUBLIC,
    "GET /readyz": PUBLIC,
    "GET /metrics": PUBLIC,
    "GET /docs": PUBLIC,
    "GET /docs/openapi.json": PUBLIC,
    "GET /docs/asyncapi.json": PUBLIC,
    "GET /problems/<key>": PUBLIC,
    "GET /v1/keys": PUBLIC,
    "POST /v1/sessions": PUBLIC,
    # One's own session and account
    "GET /v1/sessions/current": SIGNED_IN,
    "DELETE /v1/sessions/current": SIGNED_IN,
    "PUT /v1/sessions/current/password": SIGNED_IN,
    # Signed documents and receipts: the gateway's own acts
    "POST /v1/reports": roles(Role.RESPONSIBLE_LEADER, Role.API_CLIENT),
    "GET /v1/receipts": _RECEIPT_READERS,
    "GET /v1/receipts/<number>": _RECEIPT_READERS,
    # Accounts, grants, clients
    "GET /v1/accounts": _ADMINISTRATORS,
    "POST /v1/people/<uuid:person_id>/account": _SYSTEM,
    "POST /v1/accounts/<uuid:account_id>/disabling": _SYSTEM,
    "POST /v1/accounts/<uuid:account_id>/enabling": _SYSTEM,
    "POST /v1/accounts/<uuid:account_id>/password": _SYSTEM,
    "GET /v1/grants": _GRANT_READERS,
    "POST /v1/grants": _SECURITY,
    "POST /v1/grants/<uuid:grant_id>/approval": _SECURITY,
    "POST /v1/grants/<uuid:grant_id>/refusal": _SECURITY,
    "POST /v1/grants/<uuid:grant_id>/revocation": _SECURITY,
    "GET /v1/clients": _ADMINISTRATORS,
    "POST /v1/clients": _SYSTEM,
    "POST /v1/clients/<uuid:client_id>/token": _SYSTEM,
    "POST /v1/clients/<uuid:client_id>/disabling": _SYSTEM,
    "POST /v1/clients/<uuid:client_id>/attestation": _SECURITY,
    "DELETE /v1/clients/<uuid:client_id>/attestation": _SECURITY,
    # intake
    "GET /v1/units": rpc("intake", "list_units"),
    "POST /v1/units": rpc("intake", "record_unit"),
    "PUT /v1/units/<uuid:unit_id>": rpc("intake", "record_unit"),
    "GET /v1/people": rpc("intake", "list_people"),
    "POST /v1/people": rpc("intake", "record_person"),
    "PUT /v1/people/<uuid:person_id>": rpc("intake", "record_person"),
    "GET /v1/drafts": rpc("intake", "list_drafts"),
    "POST /v1/drafts": rpc("intake", "save_draft"),
    "GET /v1/drafts/<uuid:draft_id>": rpc("intake", "get_draft"),
    "PUT /v1/drafts/<uuid:draft_id>": rpc("intake", "save_draft"),
    "POST /v1/drafts/<uuid:draft_id>/offer": rpc("intake", "offer_draft"),
    "POST /v1/drafts/<uuid:draft_id>/return": rpc("intake", "return_draft"),
    "POST /v1/drafts/<uuid:draft_id>/drop": rpc("intake", "drop_draft"),
    "GET /v1/reports": rpc("intake", "list_reports"),
    "GET /v1/reports/<uuid:report_id>": rpc("intake", "get_report"),
    "GET /v1/reports/<uuid:report_id>/occurrence": rpc("intake", "get_occurrence"),
    "POST /v1/reports/<uuid:report_id>/occurrence-corrections": rpc("intake", "correct_occurrence"),
    "POST /v1/reports/<uuid:report_id>/occurrence-ruling": rpc("intake", "rule_occurrence"),
    "GET /v1/timeliness/heaping": rpc("intake", "occurrence_heaping"),
    "POST /v1/pre-reports": rpc("intake", "record_pre_report"),
    "GET /v1/pre-reports": rpc("intake", "list_pre_reports"),
    "GET /v1/pre-reports/<uuid:pre_report_id>": rpc("intake", "get_pre_report"),
    "GET /v1/severity-proposal": rpc("intake", "propose_severity"),
    "POST /v1/reports/<uuid:report_id>/acknowledgement": rpc("intake", "acknowledge_report"),
    "GET /v1/reports/<uuid:report_id>/chain": rpc("intake", "get_chain"),
    "POST /v1/reports/<uuid:report_id>/chain/closing": rpc("intake", "close_chain"),
    # Corrections and withdrawals
    "GET /v1/reports/<uuid:report_id>/amendments": rpc("intake", "list_amendments"),
    "GET /v1/amended-publications": rpc("review", "list_amended_publications"),
    "POST /v1/amended-publications/<uuid:report_id>/decision": rpc("review", "decide_amended"),
    # A wrong secrecy class
    "POST /v1/reports/<uuid:report_id>/secrecy": rpc("intake", "raise_secrecy"),
    "GET /v1/reports/<uuid:report_id>/secrecy": rpc("intake", "get_reclassification"),
    "GET /v1/reports/<uuid:report_id>/secrecy/told": rpc("notify", "list_told"),
    "GET /v1/incidents": rpc("intake", "list_incidents"),
    "POST /v1/incidents": rpc("intake", "open_incident"),
    "GET /v1/incidents/<uuid:incident_id>": rpc("intake", "get_incident"),
    "POST /v1/incidents/<uuid:incident_id>/reports": rpc("intake", "join_incident"),
    "POST /v1/incidents/<uuid:incident_id>/reports/<uuid:report_id>/leaving": rpc("intake", "leave_incident"),
    "GET /v1/deadlines": rpc("intake", "list_deadlines"),
    "GET /v1/deadlines/<uuid:deadline_id>": rpc("intake", "get_deadline"),
    "POST /v1/deadlines/<uuid:deadline_id>/reason": rpc("intake", "explain_lateness"),
    "POST /v1/deadlines/<uuid:deadline_id>/finding": rpc("intake", "decide_lateness"),
    "GET /v1/timeliness/units": rpc("intake", "unit_timeliness"),
    "GET /v1/timeliness/urgent": rpc("intake", "urgent_timeliness"),
    # review
    "GET /v1/queue": rpc("review", "list_queue"),
    "GET /v1/queue/<uuid:report_id>": rpc("review", "get_desk_item"),
    "POST /v1/queue/<uuid:report_id>/opening": rpc("review", "open_desk_item"),
    "POST /v1/queue/<uuid:report_id>/claim": rpc("review", "claim_report"),
    "POST /v1/queue/<uuid:report_id>/release": rpc("review", "release_report"),
    "POST /v1/queue/<uuid:report_id>/return": rpc("review", "return_report"),
    "POST /v1/queue/<uuid:report_id>/keeping": rpc("review", "keep_report"),
    "POST /v1/queue/<uuid:report_id>/decline": rpc("review", "decline_report"),
    "POST /v1/queue/<uuid:report_id>/adoption": rpc("review", "adopt_report"),
    "POST /v1/queue/<uuid:report_id>/adoption/withdrawal": rpc("review", "withdraw_adoption"),
    "POST /v1/reports/<uuid:report_id>/outcomes": rpc("review", "record_outcome"),
    "GET /v1/publications": rpc("review", "list_publications"),
    "PUT /v1/publications/<code>": rpc("review", "record_publication"),
    "GET /v1/issues": rpc("review", "list_issues"),
    "POST /v1/issues": rpc("review", "open_issue"),
    "GET /v1/issues/<uuid:issue_id>": rpc("review", "get_issue"),
    "POST /v1/issues/<uuid:issue_id>/publication": rpc("review", "publish_issue"),
    "GET /v1/instructions": rpc("review", "list_instructions"),
    "POST /v1/instructions": rpc("review", "record_instruction"),
    "GET /v1/instructions/<uuid:instruction_id>": rpc("review", "get_instruction"),
    "POST /v1/instructions/<uuid:instruction_id>/closing": rpc("review", "close_instruction"),
    "GET /v1/assignments": rpc("review", "list_assignments"),
    "GET /v1/assignments/<uuid:assignment_id>": rpc("review", "get_assignment"),
    "POST /v1/assignments/<uuid:assignment_id>/receipt": rpc("review", "receive_assignment"),
    "POST /v1/assignments/<uuid:assignment_id>/acceptance": rpc("review", "accept_feedback"),
    "POST /v1/assignments/<uuid:assignment_id>/return": rpc("review", "return_feedback"),
    "GET /v1/timeliness/feedback": rpc("review", "feedback_timeliness"),
    # Findings
    "GET /v1/findings": rpc("review", "list_findings"),
    "POST /v1/findings": rpc("review", "propose_finding"),
    "GET /v1/findings/<uuid:finding_id>": rpc("review", "get_finding"),
    "POST /v1/findings/<uuid:finding_id>/replies": rpc("review", "reply_to_finding"),
    "POST /v1/findings/<uuid:finding_id>/decision": rpc("review", "decide_finding"),
    # scoring
    "GET /v1/rules": rpc("scoring", "list_rules"),
    "POST /v1/rules": rpc("scoring", "record_rules"),
    "GET /v1/ledger": rpc("scoring", "list_ledger"),
    "GET /v1/bulletins": rpc("scoring", "list_bulletins"),
    "GET /v1/bulletins/<period>": rpc("scoring", "get_bulletin"),
    "GET /v1/bulletins/<period>/draft": rpc("scoring", "compute_bulletin"),
    "POST /v1/bulletins/<period>/issue": rpc("scoring", "issue_bulletin"),
    "GET /v1/bulletins/<period>/files/<format>": rpc("scoring", "get_bulletin_file"),
    # notify
    "PUT /v1/contacts/<uuid:person_id>": rpc("notify", "record_contact"),
    "GET /v1/duty-shifts": rpc("notify", "list_duty_shifts"),
    "POST /v1/duty-shifts": rpc("notify", "record_duty_shift"),
    "PUT /v1/duty-shifts/<uuid:shift_id>": rpc("notify", "record_duty_shift"),
    "DELETE /v1/duty-shifts/<uuid:shift_id>": rpc("notify", "remove_duty_shift"),
    "GET /v1/duty-officers": rpc("notify", "list_duty_officers"),
    "GET /v1/messages": rpc("notify", "list_messages"),
    "POST /v1/deliveries/<uuid:delivery_id>/retry": rpc("notify", "retry_delivery"),
}
"""Keys are the verb and the rule as Flask writes it."""

CONSOLE: dict[str, Access] = {
    "GET /": SIGNED_IN,
    "GET /login": PUBLIC,
    "POST /login": PUBLIC,
    "POST /logout": SIGNED_IN,
    "GET /password": SIGNED_IN,
    "POST /password": SIGNED_IN,
    "GET /clock": PUBLIC,
    "GET /outbox": SIGNED_IN,
    # Writing and signing
    "GET /drafts": rpc("intake", "list_drafts"),
    "GET /drafts/new": rpc("intake", "save_draft"),
    "POST /drafts": rpc("intake", "save_draft"),
    "GET /drafts/<uuid:draft_id>": rpc("intake", "get_draft"),
    "POST /drafts/<uuid:draft_id>": rpc("intake", "save_draft"),
    "POST /drafts/<uuid:draft_id>/return": rpc("intake", "return_draft"),
    "POST /drafts/<uuid:draft_id>/drop": rpc("intake", "drop_draft"),
    "POST /drafts/<uuid:draft_id>/signature": roles(Role.RESPONSIBLE_LEADER),
    "GET /urgent": rpc("intake", "save_draft"),
    "POST /urgent": rpc("intake", "save_draft"),
    "POST /urgent/text": rpc("intake", "save_draft"),
    "GET /receipts": _RECEIPT_READERS,
    "GET /receipts/<number>": _RECEIPT_READERS,
    "GET /receipts/<number>/progress": _RECEIPT_READERS,
    "GET /receipts/<number>/file": _RECEIPT_READERS,
    "GET /reports": rpc("intake", "list_reports"),
    "GET /reports/<uuid:report_id>": rpc("intake", "get_report"),
    "POST /reports/<uuid:report_id>/occurrence-corrections": rpc("intake", "correct_occurrence"),
    "POST /reports/<uuid:report_id>/occurrence-ruling": rpc("intake", "rule_occurrence"),
    "GET /acknowledgements": rpc("intake", "acknowledge_report"),
    "POST /reports/<uuid:report_id>/acknowledgement": rpc("intake", "acknowledge_report"),
    "GET /reports/<uuid:report_id>/chain": rpc("intake", "get_chain"),
    "POST /reports/<uuid:report_id>/chain/closing": rpc("intake", "close_chain"),
    # Findings
    "GET /findings": rpc("review", "list_findings"),
    "POST /findings": rpc("review", "propose_finding"),
    "GET /findings/<uuid:finding_id>": rpc("review", "get_finding"),
    "POST /findings/<uuid:finding_id>/replies": rpc("review", "reply_to_finding"),
    "POST /findings/<uuid:finding_id>/decision": rpc("review", "decide_finding"),
    # Published, then corrected or withdrawn
    "GET /issues/amended": rpc("review", "list_amended_publications"),
    "POST /issues/amended/<uuid:report_id>/decision": rpc("review", "decide_amended"),
    # A wrong secrecy class
    "POST /reports/<uuid:report_id>/secrecy": rpc("intake", "raise_secrecy"),
    "GET /reports/<uuid:report_id>/secrecy": rpc("intake", "get_reclassification"),
    # Incidents, for the city
    "GET /incidents": roles(*JOINERS),
    "POST /incidents": roles(*JOINERS),
    "GET /incidents/<uuid:incident_id>": roles(*JOINERS),
    "POST /incidents/<uuid:incident_id>/reports/<uuid:report_id>/leaving": rpc("intake", "leave_incident"),
    "GET /pre-reports": rpc("intake", "record_pre_report"),
    "POST /pre-reports": rpc("intake", "record_pre_report"),
    # The city's desk
    "GET /queue": rpc("review", "list_queue"),
    "GET /queue/<uuid:report_id>": rpc("review", "open_desk_item"),
    "POST /queue/<uuid:report_id>/claim": rpc("review", "claim_report"),
    "POST /queue/<uuid:report_id>/release": rpc("review", "release_report"),
    "POST /queue/<uuid:report_id>/return": rpc("review", "return_report"),
    "POST /queue/<uuid:report_id>/keeping": rpc("review", "keep_report"),
    "POST /queue/<uuid:report_id>/decline": rpc("review", "decline_report"),
    "POST /queue/<uuid:report_id>/adoption": rpc("review", "adopt_report"),
    "POST /queue/<uuid:report_id>/adoption/withdrawal": rpc("review", "withdraw_adoption"),
    "POST /queue/<uuid:report_id>/outcomes": rpc("review", "record_outcome"),
    "GET /issues": rpc("review", "list_issues"),
    "POST /issues": rpc("review", "open_issue"),
    "GET /issues/<uuid:issue_id>": rpc("review", "get_issue"),
    "POST /issues/<uuid:issue_id>/publication": rpc("review", "publish_issue"),
    "POST /publications": rpc("review", "record_publication"),
    # Instructions and what follows from them
    "GET /instructions": rpc("review", "list_instructions"),
    "GET /instructions/new": rpc("review", "record_instruction"),
    "POST /instructions": rpc("review", "record_instruction"),
    "GET /instructions/<uuid:instruction_id>": rpc("review", "get_instruction"),
    "POST /instructions/<uuid:instruction_id>/closing": rpc("review", "close_instruction"),
    "GET /assignments": rpc("review", "list_assignments"),
    "GET /assignments/<uuid:assignment_id>": rpc("review", "get_assignment"),
    "POST /assignments/<uuid:assignment_id>/receipt": rpc("review", "receive_assignment"),
    "POST /assignments/<uuid:assignment_id>/acceptance": rpc("review", "accept_feedback"),
    "POST /assignments/<uuid:assignment_id>/return": rpc("review", "return_feedback"),
    # Points, time limits, messages
    "GET /bulletins": rpc("scoring", "list_bulletins"),
    "GET /bulletins/<period>": rpc("scoring", "get_bulletin"),
    "GET /bulletins/draft": rpc("scoring", "compute_bulletin"),
    "POST /bulletins/<period>/issue": rpc("scoring", "issue_bulletin"),
    "GET /bulletins/<period>/files/<format>": rpc("scoring", "get_bulletin_file"),
    "GET /ledger": rpc("scoring", "list_ledger"),
    "GET /rules": rpc("scoring", "list_rules"),
    "POST /rules": rpc("scoring", "record_rules"),
    "GET /timeliness": rpc("intake", "urgent_timeliness"),
    "GET /timeliness/cases": rpc("intake", "list_deadlines"),
    "GET /timeliness/cases/<uuid:deadline_id>": rpc("intake", "get_deadline"),
    "POST /timeliness/cases/<uuid:deadline_id>/reason": rpc("intake", "explain_lateness"),
    "POST /timeliness/cases/<uuid:deadline_id>/finding": rpc("intake", "decide_lateness"),
    "GET /duty-shifts": rpc("notify", "list_duty_shifts"),
    "POST /duty-shifts": rpc("notify", "record_duty_shift"),
    "POST /duty-shifts/copying": rpc("notify", "record_duty_shift"),
    "POST /duty-shifts/<uuid:shift_id>/removal": rpc("notify", "remove_duty_shift"),
    "GET /messages": rpc("notify", "list_messages"),
    "POST /deliveries/<uuid:delivery_id>/retry": rpc("notify", "retry_delivery"),
    # Administrators
    "GET /accounts": _ADMINISTRATORS,
    "POST /people/<uuid:person_id>/account": _SYSTEM,
    "POST /accounts/<uuid:account_id>/disabling": _SYSTEM,
    "POST /accounts/<uuid:account_id>/enabling": _SYSTEM,
    "POST /accounts/<uuid:account_id>/password": _SYSTEM,
    "GET /people": rpc("intake", "list_people"),
    "GET /grants": _GRANT_READERS,
    "POST /grants": _SECURITY,
    "POST /grants/<uuid:grant_id>/approval": _SECURITY,
    "POST /grants/<uuid:grant_id>/refusal": _SECURITY,
    "POST /grants/<uuid:grant_id>/revocation": _SECURITY,
    "GET /clients": _ADMINISTRATORS,
    "POST /clients": _SYSTEM,
    "POST /clients/<uuid:client_id>/token": _SYSTEM,
    "POST /clients/<uuid:client_id>/disabling": _SYSTEM,
    "POST /clients/<uuid:client_id>/attestation": _SECURITY,
    "POST /clients/<uuid:client_id>/attestation/withdrawal": _SECURITY,
}
"""Pages of the console and the acts of their forms; a page has the roles of what it asks."""

ROWS: dict[str, Access] = MATRIX | CONSOLE


class RouteWithoutRow(Exception):
    """A route has no row in the access matrix, or a row no route: add or remove one in `gateway/access.py`."""


def check_rows(routes: set[str]) -> None:
    """Raise `RouteWithoutRow` unless routes and rows are the same set."""
    missing, surplus = sorted(routes - ROWS.keys()), sorted(ROWS.keys() - routes)
    if missing or surplus:
        raise RouteWithoutRow(f"routes without a row: {missing or 'none'}; rows without a route: {surplus or 'none'}")
