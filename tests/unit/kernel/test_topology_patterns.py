"""Topic patterns of the embedded bus against AMQP's rule, spelled out word by word."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.bus.entities import pattern_of

WORDS = st.sampled_from(["a", "b", "a.b", "x+y", "a*", ""])
PATTERN_WORDS = st.sampled_from(["a", "b", "*", "#", "x+y", "a*", ""])


def matches(pattern: list[str], key: list[str]) -> bool:
    """AMQP 0-9-1: `*` is exactly one word, `#` is zero or more."""
    if not pattern:
        return not key
    head, rest = pattern[0], pattern[1:]
    if head == "#":
        return any(matches(rest, key[skipped:]) for skipped in range(len(key) + 1))
    return bool(key) and head in ("*", key[0]) and matches(rest, key[1:])


@settings(max_examples=300)
@given(st.lists(PATTERN_WORDS, min_size=1, max_size=5), st.lists(WORDS, min_size=1, max_size=5))
def test_a_topic_pattern_matches_as_amqp_says(pattern_words: list[str], words: list[str]) -> None:
    binding, routing_key = ".".join(pattern_words), ".".join(words)
    pattern = pattern_of("topic", binding)
    found = binding == routing_key or (pattern is not None and re.search(pattern, "." + routing_key) is not None)
    assert found == matches(binding.split("."), routing_key.split("."))


@pytest.mark.parametrize("exchange_type", ["direct", "topic"])
def test_a_plain_key_needs_no_pattern(exchange_type: str) -> None:
    assert pattern_of(exchange_type, "report.accepted") is None
