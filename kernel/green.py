"""The first lines of a service process: make Python's blocking calls cooperative.

Only service processes call this (nameko runs on eventlet); the gateway and the command line use real threads.
"""

from __future__ import annotations

import os
import warnings


def patch() -> None:
    """Patch the standard library for eventlet; call it before anything else is imported."""
    # Read when psycopg is imported: without it one query blocks every greenlet of the process.
    os.environ["PSYCOPG_WAIT_FUNC"] = "wait_select"
    with warnings.catch_warnings():
        # eventlet announces its retirement at every import; the decision to stay is docs/decisions' business.
        warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
        import eventlet  # noqa: PLC0415  # only processes that patch may have it

    eventlet.monkey_patch()
