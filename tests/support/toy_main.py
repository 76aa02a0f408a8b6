"""The toy service as a process: `python -m tests.support.toy_main`."""

from kernel.green import patch

patch()

from kernel.runner import run  # noqa: E402  # after the patch
from tests.support import toy  # noqa: E402

if __name__ == "__main__":
    run(toy.ToyService, toy)
