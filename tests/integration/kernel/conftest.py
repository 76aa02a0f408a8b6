"""Fixtures of the kernel's integration tests."""

from tests.support.toy_city import caller, consuming, harness, responder, toy_city

__all__ = ["caller", "consuming", "harness", "responder", "toy_city"]
