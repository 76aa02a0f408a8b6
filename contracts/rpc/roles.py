"""Roles that several requests share."""

from __future__ import annotations

from contracts.vocabulary import Role

UNIT = (Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER, Role.SECTION_HEAD, Role.API_CLIENT)
"""The reporting unit's own people and system."""
CITY = (
    Role.EDITOR, Role.CHIEF_EDITOR, Role.DUTY_OFFICER, Role.SUPERVISOR, Role.SCORING_OFFICER, Role.SECRETARY,
    Role.LEADER,
)
"""Everybody of the city who works with what units report."""
READERS = (*UNIT, Role.EDITOR, Role.CHIEF_EDITOR, Role.DUTY_OFFICER)
"""Who reads registered reports; the duty officer without their text."""
DESK = (Role.EDITOR, Role.CHIEF_EDITOR)
"""Who works at the editors' desk."""
OVERSIGHT = (Role.SUPERVISOR, Role.CHIEF_EDITOR, Role.SECRETARY, Role.LEADER)
"""Who follows what leaders have instructed."""
ISSUE_READERS = (Role.EDITOR, *OVERSIGHT, Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER)
"""Who may read issues: those who make them, those whom they are for, units they are distributed to (access.md)."""
OFFICE_TIME = (*OVERSIGHT, Role.UNIT_HEAD)
"""Who reads what lies with the supervision office; of heads of units the one of the city's own office alone."""
