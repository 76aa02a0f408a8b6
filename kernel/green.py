"""The first lines of a service process: make Python's blocking calls cooperative.

Only service processes call this (nameko runs on eventlet); the gateway and the command line use real threads.
"""

from __future__ import annotations

import os
import sys
import threading
import warnings
from collections.abc import Callable
from functools import cache
from typing import TypeVar

Result = TypeVar("Result")

ASIDE_AT_ONCE = 2
"""Memory and processors for so many heavy computations; further ones wait, and everything else goes on."""


def patch() -> None:
    """Patch the standard library for eventlet; call it before anything else is imported."""
    # Read when psycopg is imported: without it one query blocks every greenlet of the process.
    os.environ["PSYCOPG_WAIT_FUNC"] = "wait_select"
    with warnings.catch_warnings():
        # eventlet announces its retirement at every import; the decision to stay is docs/decisions' business.
        warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
        import eventlet  # noqa: PLC0415  # only processes that patch may have it

    eventlet.monkey_patch()


def aside(compute: Callable[[], Result]) -> Result:
    """What `compute` gives, while other calls of a patched process go on: it runs in a real thread there, else here.

    For what only computes: it must not touch database, bus, log or anything else that greenlets wait for.
    """
    with _places():
        if "eventlet" not in sys.modules:
            return compute()
        from eventlet import patcher, tpool  # noqa: PLC0415  # only processes that patch may have it

        if not patcher.is_monkey_patched("thread"):
            return compute()
        outcome: Result | BaseException = tpool.execute(_kept, compute)
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome


@cache
def _places() -> threading.BoundedSemaphore:
    """Made when first wanted, after `patch`: one made before would hold up all greenlets."""
    return threading.BoundedSemaphore(ASIDE_AT_ONCE)


def _kept(compute: Callable[[], Result]) -> Result | BaseException:
    """Its outcome or its failure: one that is no `Exception`, a panic of the typesetter's, would end the thread."""
    try:
        return compute()
    except BaseException as failure:  # noqa: BLE001  # told to whoever asked
        return failure
