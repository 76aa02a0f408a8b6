"""The access matrix as data: one row per route, taken from the RPC contract where a service answers.

The console's rows stand beside its pages (`gateway/console/access.py`). Order of checks at every request
(access.md 1): identity 401, role for this route 403, object 404, act 403 / 409.
"""

from __future__ import annotations

from dataclasses import dataclass

from contracts.services import RPC
from contracts.vocabulary import Role


@dataclass(frozen=True)
class Access:
    """Who may call a route: everybody, whoever is signed in, or holders of one of `roles`."""

    roles: frozenset[Role] = frozenset()
    public: bool = False
    signed_in: bool = False
    people: bool = False
    """Whoever is signed in, API clients excepted."""
    rpc: tuple[str, str] | None = None
    """Service and method that answer; the service checks again."""

    def admits(self, held: frozenset[str]) -> bool:
        anybody = self.public or self.signed_in or (self.people and Role.API_CLIENT not in held)
        return anybody or not held.isdisjoint(self.roles)


PUBLIC = Access(public=True)
SIGNED_IN = Access(signed_in=True)
PEOPLE = Access(people=True)


def rpc(service: str, method: str) -> Access:
    """The roles of the contract's method."""
    return Access(RPC[service][method].roles, rpc=(service, method))


def roles(*names: Role) -> Access:
    return Access(frozenset(names))


SYSTEM = roles(Role.SYSTEM_ADMINISTRATOR)
SECURITY = roles(Role.SECURITY_ADMINISTRATOR)
ADMINISTRATORS = roles(Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR)
GRANT_READERS = roles(Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR)
RECEIPT_READERS = roles(
    Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER, Role.SECTION_HEAD, Role.API_CLIENT, Role.EDITOR,
    Role.CHIEF_EDITOR, Role.DUTY_OFFICER, Role.AUDIT_ADMINISTRATOR,
)
WEBHOOKS = roles(Role.SYSTEM_ADMINISTRATOR, Role.API_CLIENT)

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
    "GET /v1/waiting": SIGNED_IN,
    "PUT /v1/sessions/current/password": PEOPLE,
    "GET /v1/sessions": PEOPLE,
    "DELETE /v1/sessions": PEOPLE,
    "DELETE /v1/sessions/<uuid:session_id>": PEOPLE,
    "GET /v1/sessions/current/second-factor": PEOPLE,
    "POST /v1/sessions/current/second-factor": PEOPLE,
    "PUT /v1/sessions/current/second-factor": PEOPLE,
    "POST /v1/texts/cleaning": SIGNED_IN,
    # Signed documents and receipts: the gateway's own acts
    "POST /v1/reports": roles(Role.RESPONSIBLE_LEADER, Role.API_CLIENT),
    "POST /v1/reports/bulk": roles(Role.RESPONSIBLE_LEADER, Role.API_CLIENT),
    "GET /v1/receipts": RECEIPT_READERS,
    "GET /v1/receipts/<number>": RECEIPT_READERS,
    # Accounts, grants, clients
    "GET /v1/accounts": ADMINISTRATORS,
    "POST /v1/people/<uuid:person_id>/account": SYSTEM,
    "POST /v1/accounts/<uuid:account_id>/disabling": SYSTEM,
    "POST /v1/accounts/<uuid:account_id>/enabling": SYSTEM,
    "POST /v1/accounts/<uuid:account_id>/password": SYSTEM,
    "DELETE /v1/accounts/<uuid:account_id>/second-factor": SYSTEM,
    "GET /v1/accounts/<uuid:account_id>/sessions": SECURITY,
    "DELETE /v1/accounts/<uuid:account_id>/sessions": SECURITY,
    "DELETE /v1/accounts/<uuid:account_id>/sessions/<uuid:session_id>": SECURITY,
    "GET /v1/grants": GRANT_READERS,
    "POST /v1/grants": SECURITY,
    "POST /v1/grants/<uuid:grant_id>/approval": SECURITY,
    "POST /v1/grants/<uuid:grant_id>/refusal": SECURITY,
    "POST /v1/grants/<uuid:grant_id>/revocation": SECURITY,
    "GET /v1/clients": ADMINISTRATORS,
    "POST /v1/clients": SYSTEM,
    "GET /v1/clients/<uuid:client_id>": ADMINISTRATORS,
    "GET /v1/clients/<uuid:client_id>/usage": ADMINISTRATORS,
    "PUT /v1/clients/<uuid:client_id>/rights": SECURITY,
    "POST /v1/clients/<uuid:client_id>/token": SYSTEM,
    "DELETE /v1/clients/<uuid:client_id>/tokens/<which>": roles(
        Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR
    ),
    "POST /v1/clients/<uuid:client_id>/disabling": SYSTEM,
    "POST /v1/clients/<uuid:client_id>/attestation": SECURITY,
    "DELETE /v1/clients/<uuid:client_id>/attestation": SECURITY,
    # Webhooks
    "GET /v1/webhooks": WEBHOOKS,
    "POST /v1/webhooks": WEBHOOKS,
    "GET /v1/webhooks/<uuid:webhook_id>": WEBHOOKS,
    "PUT /v1/webhooks/<uuid:webhook_id>": WEBHOOKS,
    "POST /v1/webhooks/<uuid:webhook_id>/secret": WEBHOOKS,
    "POST /v1/webhooks/<uuid:webhook_id>/test": WEBHOOKS,
    "GET /v1/webhooks/<uuid:webhook_id>/deliveries": WEBHOOKS,
    "POST /v1/webhook-deliveries/<uuid:delivery_id>/redelivery": WEBHOOKS,
    # What was refused to whom
    "GET /v1/refused-attempts": roles(Role.AUDIT_ADMINISTRATOR),
    # intake
    "GET /v1/units": rpc("intake", "list_units"),
    "POST /v1/units": rpc("intake", "record_unit"),
    "GET /v1/units/<uuid:unit_id>": rpc("intake", "get_unit"),
    "PUT /v1/units/<uuid:unit_id>": rpc("intake", "record_unit"),
    "GET /v1/unit-tree": rpc("intake", "unit_tree"),
    "GET /v1/staffing": rpc("intake", "list_staffing"),
    "GET /v1/plans": rpc("intake", "list_plans"),
    "GET /v1/plans/<year>": rpc("intake", "get_plan"),
    "PUT /v1/plans/<year>": rpc("intake", "record_plan"),
    "GET /v1/plans/<year>/file": rpc("intake", "export_plan"),
    "GET /v1/report-balance": rpc("intake", "report_balance"),
    "GET /v1/report-balance/reports": rpc("intake", "list_balanced"),
    "GET /v1/trainings": rpc("intake", "list_trainings"),
    "POST /v1/trainings": rpc("intake", "record_training"),
    "GET /v1/trainings/file": rpc("intake", "export_trainings"),
    "GET /v1/trainings/<uuid:training_id>": rpc("intake", "get_training"),
    "PUT /v1/trainings/<uuid:training_id>": rpc("intake", "change_training"),
    "DELETE /v1/trainings/<uuid:training_id>": rpc("intake", "remove_training"),
    "GET /v1/training-hours": rpc("intake", "training_hours"),
    "GET /v1/directory/export": rpc("intake", "export_directory"),
    "POST /v1/directory/imports": rpc("intake", "import_directory"),
    "GET /v1/people": rpc("intake", "list_people"),
    "POST /v1/people": rpc("intake", "record_person"),
    "GET /v1/people/<uuid:person_id>": rpc("intake", "get_person"),
    "PUT /v1/people/<uuid:person_id>": rpc("intake", "record_person"),
    "GET /v1/drafts": rpc("intake", "list_drafts"),
    "POST /v1/drafts": rpc("intake", "save_draft"),
    "GET /v1/drafts/<uuid:draft_id>": rpc("intake", "get_draft"),
    "PUT /v1/drafts/<uuid:draft_id>": rpc("intake", "save_draft"),
    "POST /v1/drafts/<uuid:draft_id>/offer": rpc("intake", "offer_draft"),
    "POST /v1/drafts/<uuid:draft_id>/return": rpc("intake", "return_draft"),
    "POST /v1/drafts/<uuid:draft_id>/endorsement": rpc("intake", "endorse_draft"),
    "GET /v1/endorsement-rules": rpc("intake", "list_endorsement_rules"),
    "POST /v1/endorsement-rules": rpc("intake", "record_endorsement_rule"),
    "POST /v1/drafts/<uuid:draft_id>/drop": rpc("intake", "drop_draft"),
    "GET /v1/drafts/<uuid:draft_id>/versions": rpc("intake", "list_draft_versions"),
    "GET /v1/drafts/<uuid:draft_id>/versions/<version>": rpc("intake", "get_draft_version"),
    "GET /v1/drafts/<uuid:draft_id>/differences": rpc("intake", "draft_differences"),
    "POST /v1/drafts/<uuid:draft_id>/comparison": rpc("intake", "compare_draft"),
    "GET /v1/report-structures": rpc("intake", "list_report_structures"),
    "POST /v1/checks": rpc("intake", "check_text"),
    "GET /v1/drafts/<uuid:draft_id>/findings": rpc("intake", "draft_findings"),
    "GET /v1/writing-rules": rpc("intake", "list_writing_rules"),
    "POST /v1/writing-rules/<rule_id>/mute": rpc("intake", "mute_writing_rule"),
    "DELETE /v1/writing-rules/<rule_id>/mute": rpc("intake", "unmute_writing_rule"),
    "GET /v1/reports": rpc("intake", "list_reports"),
    "GET /v1/reports/<uuid:report_id>": rpc("intake", "get_report"),
    # Attachments: taken in by whoever writes, given out to whoever may read what names them
    "POST /v1/attachments": roles(*RPC["intake"]["save_draft"].roles, *RPC["review"]["record_instruction"].roles),
    "GET /v1/attachments/<digest>": rpc("intake", "get_draft"),
    "GET /v1/drafts/<uuid:draft_id>/attachments/<digest>": rpc("intake", "get_draft"),
    "GET /v1/reports/<uuid:report_id>/attachments/<digest>": rpc("intake", "get_report"),
    "GET /v1/receipts/<number>/attachments/<digest>": RECEIPT_READERS,
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
    "POST /v1/similarities": rpc("intake", "similar_to_text"),
    "GET /v1/reports/<uuid:report_id>/similar": rpc("intake", "similar_reports"),
    # Corrections and withdrawals
    "GET /v1/reports/<uuid:report_id>/amendments": rpc("intake", "list_amendments"),
    "GET /v1/reports/<uuid:report_id>/differences": rpc("intake", "report_differences"),
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
    "GET /v1/queue-views": rpc("review", "list_queue_views"),
    "POST /v1/queue-views": rpc("review", "save_queue_view"),
    "DELETE /v1/queue-views/<uuid:view_id>": rpc("review", "remove_queue_view"),
    "GET /v1/handover-sheet": rpc("review", "get_handover_sheet"),
    "POST /v1/queue/decisions": rpc("review", "keep_report"),
    "POST /v1/similarities/groups": rpc("intake", "similar_among"),
    "POST /v1/queue/<uuid:report_id>/comparison": rpc("intake", "compare_edit_copy"),
    "POST /v1/queue/<uuid:report_id>/handover": rpc("review", "hand_over_report"),
    "PUT /v1/queue/<uuid:report_id>/due": rpc("review", "set_due"),
    "POST /v1/queue/<uuid:report_id>/pre-adoption": rpc("review", "pre_adopt_report"),
    "POST /v1/queue/<uuid:report_id>/reopening": rpc("review", "reopen_report"),
    "POST /v1/queue/<uuid:report_id>/undoing": rpc("review", "undo_decision"),
    "POST /v1/queue/<uuid:report_id>/passings": rpc("review", "pass_up_report"),
    "GET /v1/queue/<uuid:report_id>/answered": rpc("review", "answered_by_report"),
    "GET /v1/queue/<uuid:report_id>/passings": rpc("review", "list_passings"),
    "POST /v1/queue/<uuid:report_id>/readings": rpc("review", "send_for_reading"),
    "GET /v1/readings": rpc("review", "list_readings"),
    "GET /v1/readings/<uuid:reading_id>": rpc("review", "get_reading"),
    "POST /v1/readings/<uuid:reading_id>/opening": rpc("review", "open_reading"),
    "PUT /v1/issues/<uuid:issue_id>/items/<uuid:adoption_id>": rpc("review", "revise_item"),
    "POST /v1/issues/<uuid:issue_id>/items/<uuid:adoption_id>/combination": rpc("review", "combine_items"),
    "PUT /v1/issues/<uuid:issue_id>/items/<uuid:adoption_id>/shares": rpc("review", "divide_credit"),
    "POST /v1/issues/<uuid:issue_id>/items/<uuid:adoption_id>/separation": rpc("review", "separate_item"),
    "GET /v1/issues/<uuid:issue_id>/items/<uuid:adoption_id>/pictures": rpc("review", "list_item_pictures"),
    "GET /v1/issues/<uuid:issue_id>/items/<uuid:adoption_id>/pictures/<uuid:picture_id>": rpc(
        "review", "get_item_picture"
    ),
    "POST /v1/issues/<uuid:issue_id>/items/<uuid:adoption_id>/pictures": rpc("review", "add_picture"),
    "PUT /v1/issues/<uuid:issue_id>/items/<uuid:adoption_id>/pictures": rpc("review", "place_pictures"),
    "GET /v1/queue/<uuid:report_id>/adoptions": rpc("review", "list_adoptions"),
    "POST /v1/queue/<uuid:report_id>/adoption": rpc("review", "adopt_report"),
    "POST /v1/queue/<uuid:report_id>/adoption/withdrawal": rpc("review", "withdraw_adoption"),
    "POST /v1/reports/<uuid:report_id>/outcomes": rpc("review", "record_outcome"),
    "GET /v1/publications": rpc("review", "list_publications"),
    "GET /v1/publications/<code>": rpc("review", "get_publication"),
    "PUT /v1/publications/<code>": rpc("review", "record_publication"),
    "GET /v1/issues": rpc("review", "list_issues"),
    "POST /v1/issues": rpc("review", "open_issue"),
    "GET /v1/issues/<uuid:issue_id>": rpc("review", "get_issue"),
    "GET /v1/issues/<uuid:issue_id>/paper": rpc("review", "get_issue_file"),
    "POST /v1/issues/<uuid:issue_id>/publication": rpc("review", "publish_issue"),
    "PUT /v1/issues/<uuid:issue_id>/arrangement": rpc("review", "arrange_issue"),
    "POST /v1/issues/<uuid:issue_id>/proof": rpc("review", "proof_issue"),
    "POST /v1/issues/<uuid:issue_id>/recomposition": rpc("review", "recompose_issue"),
    "POST /v1/issues/<uuid:issue_id>/comments": rpc("review", "comment_on_issue"),
    "POST /v1/issues/<uuid:issue_id>/comments/<uuid:comment_id>/resolution": rpc("review", "resolve_comment"),
    "POST /v1/issues/<uuid:issue_id>/signatures": rpc("review", "sign_issue"),
    "POST /v1/issues/<uuid:issue_id>/withdrawal": rpc("review", "withdraw_issue"),
    "POST /v1/issues/<uuid:issue_id>/reading": rpc("review", "read_issue"),
    "GET /v1/issues/<uuid:issue_id>/readers": rpc("review", "list_issue_readers"),
    "GET /v1/instructions": rpc("review", "list_instructions"),
    "POST /v1/instructions": rpc("review", "record_instruction"),
    "GET /v1/instructions/<uuid:instruction_id>": rpc("review", "get_instruction"),
    "POST /v1/instructions/<uuid:instruction_id>/confirmation": rpc("review", "confirm_instruction"),
    "POST /v1/instructions/<uuid:instruction_id>/withdrawal": rpc("review", "withdraw_instruction"),
    "POST /v1/instructions/<uuid:instruction_id>/presentation": rpc("review", "present_instruction"),
    "GET /v1/instructions/<uuid:instruction_id>/scan": rpc("review", "get_instruction"),
    "POST /v1/instructions/<uuid:instruction_id>/closing": rpc("review", "close_instruction"),
    "GET /v1/assignments": rpc("review", "list_assignments"),
    "GET /v1/assignments/<uuid:assignment_id>": rpc("review", "get_assignment"),
    "POST /v1/assignments/<uuid:assignment_id>/receipt": rpc("review", "receive_assignment"),
    "POST /v1/assignments/<uuid:assignment_id>/acceptance": rpc("review", "accept_feedback"),
    "POST /v1/assignments/<uuid:assignment_id>/return": rpc("review", "return_feedback"),
    "POST /v1/assignments/<uuid:assignment_id>/feedback/desk-item": rpc("review", "lay_feedback_on_desk"),
    "POST /v1/assignments/<uuid:assignment_id>/extensions": rpc("review", "ask_extension"),
    "POST /v1/assignments/<uuid:assignment_id>/extensions/<uuid:extension_id>/grant": rpc(
        "review", "grant_extension"
    ),
    "POST /v1/assignments/<uuid:assignment_id>/extensions/<uuid:extension_id>/refusal": rpc(
        "review", "refuse_extension"
    ),
    "GET /v1/supervision-ledger": rpc("review", "list_supervision_ledger"),
    "GET /v1/supervision-ledger/file": rpc("review", "export_supervision_ledger"),
    "GET /v1/supervision-ledger/paper": rpc("review", "print_supervision_ledger"),
    "GET /v1/supervision-ledger/figures": rpc("review", "supervision_figures"),
    "GET /v1/supervision-ledger/office-cases": rpc("review", "list_office_cases"),
    "GET /v1/supervision-ledger/finished-office-steps": rpc("review", "list_finished_steps"),
    "GET /v1/supervision-ledger/office-time": rpc("review", "office_time"),
    "GET /v1/instructions/<uuid:instruction_id>/turns": rpc("review", "list_turns"),
    "GET /v1/supervision-ledger/leaders": rpc("review", "lateness_by_leader"),
    "POST /v1/assignments/<uuid:assignment_id>/notices": rpc("review", "issue_notice"),
    "GET /v1/assignments/<uuid:assignment_id>/notice": rpc("review", "get_assignment_notice"),
    "GET /v1/assignments/<uuid:assignment_id>/chasing-notice": rpc("review", "get_chasing_notice"),
    "GET /v1/timeliness/feedback": rpc("review", "feedback_timeliness"),
    # Verification
    "GET /v1/reports/<uuid:report_id>/verifications": rpc("review", "list_verifications"),
    "POST /v1/reports/<uuid:report_id>/verifications": rpc("review", "record_verification"),
    "GET /v1/reports/<uuid:report_id>/verification-conclusions": rpc("review", "list_conclusions"),
    # Findings
    "GET /v1/findings": rpc("review", "list_findings"),
    "POST /v1/findings": rpc("review", "propose_finding"),
    "GET /v1/findings/<uuid:finding_id>": rpc("review", "get_finding"),
    "POST /v1/findings/<uuid:finding_id>/replies": rpc("review", "reply_to_finding"),
    "POST /v1/findings/<uuid:finding_id>/decision": rpc("review", "decide_finding"),
    # Commissions
    "GET /v1/commissions": rpc("review", "list_commissions"),
    "POST /v1/commissions": rpc("review", "issue_commission"),
    "GET /v1/commissions/<uuid:commission_id>": rpc("review", "get_commission"),
    "POST /v1/commissions/<uuid:commission_id>/withdrawal": rpc("review", "withdraw_commission"),
    "POST /v1/commissions/<uuid:commission_id>/closing": rpc("review", "close_commission"),
    "POST /v1/commissions/<uuid:commission_id>/upward-delivery": rpc("review", "deliver_upward"),
    "GET /v1/commission-tasks": rpc("review", "list_commission_tasks"),
    "GET /v1/commission-tasks/<uuid:task_id>": rpc("review", "get_commission_task"),
    "POST /v1/commission-tasks/<uuid:task_id>/excuse": rpc("review", "excuse_unit"),
    "POST /v1/commission-tasks/<uuid:task_id>/mark": rpc("review", "mark_answer"),
    # Guidance
    "GET /v1/guidance": rpc("review", "list_guidance"),
    "POST /v1/guidance": rpc("review", "save_guidance"),
    "GET /v1/guidance/<uuid:guidance_id>": rpc("review", "get_guidance"),
    "PUT /v1/guidance/<uuid:guidance_id>": rpc("review", "save_guidance"),
    "GET /v1/guidance/<uuid:guidance_id>/answers": rpc("review", "list_point_answers"),
    "POST /v1/guidance/<uuid:guidance_id>/issue": rpc("review", "issue_guidance"),
    "POST /v1/guidance/<uuid:guidance_id>/carry-over": rpc("review", "carry_over_points"),
    # Research
    "GET /v1/research-projects": rpc("review", "list_projects"),
    "POST /v1/research-projects": rpc("review", "start_project"),
    "GET /v1/research-projects/<uuid:project_id>": rpc("review", "get_project"),
    "POST /v1/research-projects/<uuid:project_id>/notes": rpc("review", "note_project"),
    "POST /v1/research-projects/<uuid:project_id>/milestones/<uuid:milestone_id>/completion": rpc(
        "review", "complete_milestone"
    ),
    "PUT /v1/research-projects/<uuid:project_id>/plan": rpc("review", "change_plan"),
    "POST /v1/research-projects/<uuid:project_id>/milestones": rpc("review", "add_milestone"),
    "POST /v1/research-projects/<uuid:project_id>/milestones/<uuid:milestone_id>/move": rpc("review", "move_milestone"),
    "POST /v1/research-projects/<uuid:project_id>/milestones/<uuid:milestone_id>/drop": rpc("review", "drop_milestone"),
    "GET /v1/research-projects/<uuid:project_id>/changes": rpc("review", "list_plan_changes"),
    "POST /v1/research-projects/<uuid:project_id>/result": rpc("review", "link_result"),
    "POST /v1/research-projects/<uuid:project_id>/finish": rpc("review", "finish_project"),
    "POST /v1/research-projects/<uuid:project_id>/drop": rpc("review", "drop_project"),
    "GET /v1/rising-topics": rpc("review", "rising_topics"),
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
    "GET /v1/contacts/<uuid:person_id>": rpc("notify", "get_contact"),
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
