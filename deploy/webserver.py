"""Settings of the gateway's web server (gunicorn), beside those that `deploy/layout.py` shows in its command."""

from __future__ import annotations

import os
import signal
from typing import Any

from deploy.processes import ask_to_end_with_parent

worker_class = "gthread"
graceful_timeout = 8
keepalive = 15
control_socket_disable = True
"""Nobody steers a web server of ours from outside."""


def post_fork(server: Any, worker: Any) -> None:
    """A killed master must not leave workers that go on accepting for the seconds they take to notice."""
    ask_to_end_with_parent(signal.SIGKILL)
    if os.getppid() != server.pid:
        os._exit(1)
