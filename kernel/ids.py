"""Identifiers: UUID version 7, ordered by the time of their making."""

from __future__ import annotations

from uuid import UUID

import uuid_utils
from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh UUIDv7."""
    return uuid7()


def new_id_as_text() -> str:
    """The same where it is written and nothing else: a fifth of what it takes with an object made of it and back."""
    return str(uuid_utils.uuid7())
