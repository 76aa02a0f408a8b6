"""R26: an SMS in Chinese is cut into parts by the networks' rules, never inside a character."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.notify.channels.segments import ONE_PART, PER_PART, parts_of, units, with_header

TEXT = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=400)


def test_R26_seventy_units_go_whole() -> None:
    assert parts_of("急" * ONE_PART) == ["急" * ONE_PART]


def test_R26_seventy_one_units_go_in_two_parts_of_at_most_sixty_seven() -> None:
    assert [units(part) for part in parts_of("急" * 71)] == [67, 4]


def test_R26_a_rare_name_character_is_not_cut_in_two() -> None:
    parts = parts_of("急" * 66 + "𬭎" + "报" * 10)
    assert parts[1].startswith("𬭎")


@given(TEXT)
def test_R26_parts_join_to_the_text_and_fit(text: str) -> None:
    parts = parts_of(text)
    assert "".join(parts) == text
    assert len(parts) == 1 or all(units(part) <= PER_PART for part in parts)


@given(TEXT, st.integers(min_value=0, max_value=2**128))
def test_R26_each_part_with_its_header_fits_one_message(text: str, reference: int) -> None:
    parts = parts_of(text)
    if len(parts) > 1:
        assert all(len(with_header(part, reference, 1, len(parts))) <= 140 for part in parts[:255])
