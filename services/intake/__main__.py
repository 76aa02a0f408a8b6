"""`python -m services.intake`: the intake service as a process."""

from __future__ import annotations

from kernel.garbage import hold
from kernel.green import patch

hold()
patch()  # before anything that opens a socket or a database is imported

from contracts import topology  # noqa: E402
from kernel.runner import run  # noqa: E402
from services.intake.service import IntakeService  # noqa: E402

if __name__ == "__main__":
    run(IntakeService, topology)
