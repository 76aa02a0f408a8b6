"""Heavy computations leave a service's other calls their time."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kernel.green import aside

PATCHED = """
from kernel.green import aside, patch
patch()
import time
import eventlet
from tests.factories.papers import TEXT, plain
from kernel.papers.official.content import Paragraph
from kernel.papers.official.pdf_writer import write_pdf

paper = plain(*[Paragraph(TEXT * 4) for _ in range(400)])
answered = []
def calls():
    while True:
        answered.append(time.perf_counter())
        eventlet.sleep(0.01)
calling = eventlet.spawn(calls)
eventlet.sleep(0)
began = time.perf_counter()
pages = len(aside(lambda: write_pdf(paper)))
ended = time.perf_counter()
print(sum(began < one < ended for one in answered))
gathered = eventlet.GreenPile()
for one in range(5):
    gathered.spawn(aside, lambda: time.sleep(0.05))
print(len(list(gathered)))
class Panic(BaseException): ...
def panic(): raise Panic
try: aside(panic)
except Panic: print("told")
"""


def test_R23_others_are_answered_while_a_long_paper_is_set() -> None:
    ran = subprocess.run([sys.executable, "-c", PATCHED], capture_output=True, text=True, timeout=120, check=True)

    answered, done, told = ran.stdout.split()
    assert int(answered) > 10  # none at all where the typesetter holds the process
    assert done == "5"  # more than there are places: they wait, and nobody holds up anybody
    assert told == "told"


def test_R23_without_greenlets_it_is_computed_here() -> None:
    assert aside(lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        aside(lambda: 1 // 0)
