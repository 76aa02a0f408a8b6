"""Fixtures for all tests; each lives in `tests/support/`, in the file of its subject."""

from __future__ import annotations

import os

from hypothesis import settings

pytest_plugins = ["tests.support.servers", "tests.support.city", "tests.support.browser"]

# One commit is tried with the same examples everywhere, at whatever speed; the long run looks for new ones (0098).
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("fresh", max_examples=2_000, deadline=None)
settings.load_profile("fresh" if os.environ.get("CHENGBAO_FAULTS") == "long" else "same")
