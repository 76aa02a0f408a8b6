"""An address of the access matrix as one can call it."""

from __future__ import annotations

import re
from uuid import uuid4


def filled(key: str) -> tuple[str, str]:
    """Verb and path, with an id of nothing in each placeholder."""
    verb, rule = key.split(" ", 1)
    return verb, re.sub(r"<[^>]+>", str(uuid4()), rule)
