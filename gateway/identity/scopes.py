"""What an API client may be allowed to do: a closed list, and the scope that each address of the API needs."""

from __future__ import annotations

from contracts.vocabulary import Labelled, Role
from gateway.access import MATRIX


class Scope(Labelled):
    SUBMIT = "submit", "报送"
    DRAFTS = "drafts", "稿件"
    READ_REPORTS = "read_reports", "查看报送"
    READ_RECEIPTS = "read_receipts", "查看回执"
    ASSIGNMENTS = "assignments", "交办反馈"
    TIMELINESS = "timeliness", "时限"
    RESULTS = "results", "通报与计分"
    DIRECTORY = "directory", "名录"
    WEBHOOKS = "webhooks", "推送"


ALL = tuple(Scope)

_NOUNS: dict[str, tuple[Scope, Scope]] = {
    "reports": (Scope.READ_REPORTS, Scope.SUBMIT),
    "pre-reports": (Scope.READ_REPORTS, Scope.SUBMIT),
    "severity-proposal": (Scope.SUBMIT, Scope.SUBMIT),
    "incidents": (Scope.READ_REPORTS, Scope.READ_REPORTS),
    "receipts": (Scope.READ_RECEIPTS, Scope.READ_RECEIPTS),
    "drafts": (Scope.DRAFTS, Scope.DRAFTS),
    "assignments": (Scope.ASSIGNMENTS, Scope.ASSIGNMENTS),
    "supervision-ledger": (Scope.ASSIGNMENTS, Scope.ASSIGNMENTS),
    "findings": (Scope.TIMELINESS, Scope.TIMELINESS),
    "deadlines": (Scope.TIMELINESS, Scope.TIMELINESS),
    "timeliness": (Scope.TIMELINESS, Scope.TIMELINESS),
    "bulletins": (Scope.RESULTS, Scope.RESULTS),
    "ledger": (Scope.RESULTS, Scope.RESULTS),
    "rules": (Scope.RESULTS, Scope.RESULTS),
    "webhooks": (Scope.WEBHOOKS, Scope.WEBHOOKS),
    "webhook-deliveries": (Scope.WEBHOOKS, Scope.WEBHOOKS),
    "units": (Scope.DIRECTORY, Scope.DIRECTORY),
    "attachments": (Scope.SUBMIT, Scope.SUBMIT),
    "checks": (Scope.DRAFTS, Scope.DRAFTS),
    "writing-rules": (Scope.DRAFTS, Scope.DRAFTS),
    "similarities": (Scope.DRAFTS, Scope.DRAFTS),
    "report-structures": (Scope.DRAFTS, Scope.DRAFTS),
    "endorsement-rules": (Scope.DRAFTS, Scope.DRAFTS),
    "unit-tree": (Scope.DIRECTORY, Scope.DIRECTORY),
    "people": (Scope.DIRECTORY, Scope.DIRECTORY),
    "report-balance": (Scope.READ_REPORTS, Scope.READ_REPORTS),
    "trainings": (Scope.DIRECTORY, Scope.DIRECTORY),
    "training-hours": (Scope.DIRECTORY, Scope.DIRECTORY),
    "commissions": (Scope.ASSIGNMENTS, Scope.ASSIGNMENTS),
    "commission-tasks": (Scope.ASSIGNMENTS, Scope.ASSIGNMENTS),
    "guidance": (Scope.ASSIGNMENTS, Scope.ASSIGNMENTS),
    "research-projects": (Scope.ASSIGNMENTS, Scope.ASSIGNMENTS),
    "plans": (Scope.RESULTS, Scope.RESULTS),
}
"""First word of the address -> scope to read, scope to act."""


class RouteWithoutScope(Exception):
    """An address that an API client may call names no scope: add its noun to `gateway/identity/scopes.py`."""


def _scope_of(key: str) -> Scope:
    verb, rule = key.split(" ", 1)
    noun = rule.removeprefix("/v1/").split("/")[0]
    if noun not in _NOUNS:
        raise RouteWithoutScope(key)
    return _NOUNS[noun][0 if verb == "GET" else 1]


SCOPES: dict[str, Scope] = {key: _scope_of(key) for key, access in MATRIX.items() if Role.API_CLIENT in access.roles}
"""Address -> scope, for each address whose row in the access matrix admits API clients."""

TRIAL_ADDRESSES = frozenset(
    {
        "POST /v1/reports", "POST /v1/reports/bulk", "GET /v1/receipts", "GET /v1/receipts/<number>",
        "GET /v1/sessions/current",
    }
)
"""All that a trial key opens: it never reads or writes what is real."""
