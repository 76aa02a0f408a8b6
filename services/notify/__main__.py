"""`python -m services.notify`: run the notification service."""

from kernel.garbage import hold
from kernel.green import patch

hold()
patch()

from contracts import topology  # noqa: E402
from kernel.runner import run  # noqa: E402  # the patch must come before any import that opens sockets
from services.notify.service import NotifyService  # noqa: E402

run(NotifyService, topology)
