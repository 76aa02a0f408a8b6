"""Runs the city's desk: `python -m services.review`."""

from kernel.green import patch

patch()

from contracts import topology  # noqa: E402
from kernel.runner import run  # noqa: E402  # after the patch, which must come before everything else

from services.review.service import ReviewService  # noqa: E402

run(ReviewService, topology)
