"""Fixtures for all tests; each lives in `tests/support/`, in the file of its subject."""

pytest_plugins = ["tests.support.servers", "tests.support.city", "tests.support.browser"]
