"""Fixtures for all tests; each lives in `tests/support/`, in the file of its subject."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers

from deploy import processes

pytest_plugins = ["tests.support.servers", "tests.support.city", "tests.support.browser"]

# One commit is tried with the same examples everywhere, at whatever speed; the long run looks for new ones (0098).
slow_machine = [HealthCheck.too_slow]
settings.register_profile("same", derandomize=True, deadline=None, suppress_health_check=slow_machine)
settings.register_profile("fresh", max_examples=2_000, deadline=None, suppress_health_check=slow_machine)
if os.environ.get("CHENGBAO_FAULTS") == "long":
    settings.load_profile("fresh")
else:
    settings.load_profile("same")
    # Hypothesis also draws literals of those of our modules that are loaded: a file alone would get other examples.
    providers._get_local_constants = lambda: providers._local_constants

# Test processes beside each other choose ports of their own: one may not listen yet when the other looks.
worker, workers = (os.environ.get(f"PYTEST_XDIST_WORKER{part}", "") for part in ("", "_COUNT"))
if worker:
    processes.PORTS = processes.PORTS[int(worker.removeprefix("gw")) :: int(workers)]
