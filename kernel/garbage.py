"""Garbage collection in a process that runs for weeks."""

from __future__ import annotations

import gc

YOUNG = 20_000
"""Objects made before the youngest are looked through; a batch of 200 events makes some 10,000 that all go again."""


def hold() -> None:
    """Call before the modules of a process are imported: none of them becomes garbage, and looking cost a sixth of
    the start. Collection begins with `settle`."""
    gc.disable()


def settle() -> None:
    """Call once the process has started: what is there by now stays, and is not looked through again and again.

    Without it a consumer spent a third of its time on looking through modules that never become garbage.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
    gc.enable()
