"""Running a service process: start, stop within 3 s, nothing in between."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from types import FrameType

import structlog

from kernel.assembly import Assembly, Topology
from kernel.garbage import settle
from kernel.host import make_container
from kernel.logging import configure_logging
from kernel.metrics import Figures, serve_metrics
from kernel.service import ContractMismatch, Service
from kernel.settings import WrongSettings, load_settings, misspelt

log = structlog.get_logger(__name__)

STOP_SECONDS = 2.5
"""The launcher waits 3 s. What is unfinished then is as safe as at a kill: rolled back, and done again elsewhere."""
LOOK_SECONDS = 0.05


class Stop:
    """Asked for by SIGTERM or SIGINT. The signal's handler only notes it: no lock may be taken there."""

    def __init__(self) -> None:
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.asked = True


def run(service: type[Service], topology: Topology) -> None:
    """Run a service until SIGTERM; `topology` is the module `contracts.topology`.

    The first lines of the process must have been `from kernel.green import patch; patch()`. Ends the process with
    status 0 after SIGTERM, 2 when settings or contracts are wrong, 1 when a part of it died.
    """
    stop = Stop()
    try:
        settings = load_settings()
        configure_logging(service.name, settings.log_level)
        for variable, meant in misspelt(os.environ).items():
            log.warning("a variable is not known and has no effect", variable=variable, meant=meant)
        assembly = Assembly(service, settings, topology)
    except (WrongSettings, ContractMismatch, OSError, ValueError) as error:
        print(f"{service.name}: {error}", file=sys.stderr)  # noqa: T201  # logs may not be configured yet
        sys.exit(2)
    started = threading.Event()
    if settings.metrics_port:
        figures = Figures(assembly.database, service.figures)
        serve_metrics(
            settings.metrics_port,
            settings.metrics_host,
            figures,
            ready=lambda: started.is_set() and assembly.is_ready(),
        )
    sys.exit(_run(assembly, stop, started))


def _run(assembly: Assembly, stop: Stop, started: threading.Event) -> int:
    stopping = threading.Event()
    watcher = threading.Thread(target=_watch, args=(stop, stopping), daemon=True)
    watcher.start()
    settle()  # waiting for a database may take hours
    if not assembly.prepare(stopping):
        return 0
    container = make_container(assembly, stopping)
    container.start()
    settle()
    started.set()
    log.info("started", service=assembly.service.name, process=os.getpid())
    died = threading.Thread(target=container.wait, daemon=True)
    died.start()
    while died.is_alive() and not stopping.is_set():
        time.sleep(LOOK_SECONDS)
    if not stopping.is_set():
        log.critical("a part of the service died")
        return 1
    _stop_within(container, STOP_SECONDS)
    return 0


def _watch(stop: Stop, stopping: threading.Event) -> None:
    """Turn the noted signal into an event that everybody waits on."""
    while not stop.asked:
        time.sleep(LOOK_SECONDS)
    stopping.set()


def _stop_within(container: object, seconds: float) -> None:
    """Stop the container; what takes longer is left to the end of the process."""
    stopper = threading.Thread(target=container.stop, daemon=True)  # type: ignore[attr-defined]  # nameko's
    stopper.start()
    stopper.join(seconds)
    log.info("stopped", in_time=not stopper.is_alive())
    sys.stdout.flush()
    os._exit(0)
