"""Who is told of an issue: those the distribution list wants told, and nobody else (R23, R26)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from services.notify.recipients.audience import AUDIENCES, concerns

NOBODY: dict[str, list[str]] = {"reader_ids": [], "unit_ids": [], "reader_roles": []}
SOMEBODY = str(UUID(int=7))


@pytest.mark.parametrize("event_type", ["issue.published", "issue.withdrawn"])
@pytest.mark.parametrize(
    ("named", "told"),
    [
        ({}, False), ({"reader_ids": [SOMEBODY]}, True), ({"unit_ids": [SOMEBODY]}, True),
        ({"reader_roles": ["leader"]}, True),
    ],
)  # fmt: skip
def test_R23_an_issue_is_told_by_email_only_to_those_on_its_list(
    event_type: str, named: dict[str, Any], told: bool
) -> None:
    assert concerns(AUDIENCES[event_type], NOBODY | named) is told
