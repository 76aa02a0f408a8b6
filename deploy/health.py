"""A container's health check: `python -m deploy.health URL` ends with 0 when the address answers 200."""

from __future__ import annotations

import sys

from deploy.processes import answers

if __name__ == "__main__":
    sys.exit(not answers(sys.argv[1]))
