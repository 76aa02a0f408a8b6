"""Two encoders, one result: whichever writes a document, its hash is the same."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from kernel.canonical import canonical

# No surrogates: no encoding carries them.
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)
VALUES = st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False, allow_infinity=False) | TEXT
DOCUMENTS = st.recursive(VALUES, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=20)
PLAIN = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="ascii")), inner), max_leaves=20,
)


@given(DOCUMENTS | PLAIN)
def test_R09_the_bytes_are_those_of_rfc_8785(document: Any) -> None:
    assert canonical(document) == rfc8785.dumps(document)


@pytest.mark.parametrize("name", ["\ue000", "\U00010000", "标题"])
def test_R09_names_are_ordered_as_utf_16(name: str) -> None:
    document = {name: 1, "\uff5e": 2, "z": 3}
    assert canonical(document) == rfc8785.dumps(document)


@pytest.mark.parametrize("value", [float("nan"), 2**53, "\ud800"])
def test_R09_what_canonical_json_cannot_carry_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # each of another kind, and none that anybody tells apart
        canonical({"value": value})
