"""One commit is tried with the same examples everywhere (decision 0098)."""

from __future__ import annotations

from hypothesis import settings
from hypothesis.internal.conjecture.providers import HypothesisProvider


def test_what_is_drawn_does_not_depend_on_which_modules_are_loaded() -> None:
    if settings.get_current_profile_name() == "same":
        assert len(HypothesisProvider(None)._local_constants) == 0
