"""Waking the relay after a commit: a NOTIFY on a connection of its own.

Inside the transaction NOTIFY takes a lock that lets the server's commits through one at a time only.
"""

from __future__ import annotations

import os
import threading
import time
from typing import Any

import psycopg

from kernel.connections import connect_database

CHANNEL = "chengbao_outbox"
LEAST_SECONDS_BETWEEN = 0.005
MOST_SECONDS_BETWEEN = 0.04
"""Reached while each pause sees another commit: the relay is busy then and finds them without being told."""


class Waker:
    """Called after commits that wrote events; notifies at most every 5 ms, and more seldom under load, from a thread of
    its own.

    Never blocks and never raises: if the notification is lost, the relay's poll finds the events. Its thread begins
    with the first call and again after a fork.
    """

    def __init__(self, database_url: str) -> None:
        self.database_url = database_url
        self._pending = threading.Event()
        self._starting = threading.Lock()
        self._process = 0
        self._connection: psycopg.Connection[Any] | None = None

    def __call__(self) -> None:
        if self._process != os.getpid():
            self._start()
        self._pending.set()

    def _start(self) -> None:
        with self._starting:
            if self._process == os.getpid():
                return
            self._pending = threading.Event()
            self._connection = None
            threading.Thread(target=self._run, name="waker", daemon=True).start()
            self._process = os.getpid()

    def _run(self) -> None:
        pause = LEAST_SECONDS_BETWEEN
        while True:
            self._pending.wait()
            self._pending.clear()
            self._notify()
            time.sleep(pause)
            pause = min(2 * pause, MOST_SECONDS_BETWEEN) if self._pending.is_set() else LEAST_SECONDS_BETWEEN

    def _notify(self) -> None:
        try:
            if self._connection is None:
                self._connection = connect_database(self.database_url, "chengbao-waker")
            self._connection.execute(f"NOTIFY {CHANNEL}")
        except psycopg.Error:
            self._connection = None
