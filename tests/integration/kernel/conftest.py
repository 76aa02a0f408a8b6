"""Fixtures of the kernel's integration tests."""

from tests.support.toy_city import caller, harness, toy_city

__all__ = ["caller", "harness", "toy_city"]
