"""paper: a published issue of 12 pages as PDF, from the request to the bytes, in this process as review answers it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from uuid import UUID

import psycopg
import pypdfium2
import typst

import services.review
from benchmarks.comparison import Aim, Result, interleave
from benchmarks.ground import SERVICE, Ground
from benchmarks.registered import milliseconds
from benchmarks.texts import Writer
from contracts.rpc.issue_papers import IssuePaper
from contracts.rpc.issues import IssueId
from contracts.vocabulary import Role
from kernel.clock import SystemClock
from kernel.database import Database
from kernel.ids import new_id
from kernel.migrate import upgrade
from kernel.papers.fonts import faces, library
from kernel.papers.official.pdf_writer import TEMPLATE, data_of
from kernel.principal import Keyring, Principal
from kernel.service import Reading
from services.review.queries.issue_papers import document_of, get_issue_file
from services.review.queries.issues import get_issue

EDITOR = Principal(str(new_id()), "王编辑", None, frozenset({Role.EDITOR}))
ROUNDS = 25
"""A round is one paper on each side."""
ITEMS = 15
PUBLISHED = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
SEED = 20121101
PUBLICATION = """
    INSERT INTO publications (code, version, name, level, columns) VALUES ('brief', 1, '政务信息', 'city', '[]')
"""
ISSUE = """
    INSERT INTO issues (issue_id, version, publication_code, publication_name, state, opened_by, opened_at, year,
      number, published_at, published_by)
    VALUES (%(issue)s, 2, 'brief', '政务信息', 'published', '王编辑', %(at)s, 2026, %(number)s, %(at)s, '赵总编')
"""
ITEM = """
    WITH report AS (
      INSERT INTO desk_items (report_id, version, report_version, receipt_number, number, kind, urgency, secrecy,
        unit_id, unit_name, unit_class, title, body, search_text, received_at, signer_name, state)
      VALUES (%(report)s, 1, 1, '', '', 'development', 4, 'unclassified', %(report)s, '河西区政府办公室', 'district',
        %(title)s, %(body)s, '', %(at)s, '李建国', 'decided')
      RETURNING *
    )
    INSERT INTO adoptions (adoption_id, version, report_id, report_version, issue_id, receipt_number, unit_id,
      unit_name, unit_class, report_kind, item_kind, title, body, share, adopted_by, adopted_at, published_at)
    SELECT report_id, 1, report_id, 1, %(issue)s, '', unit_id, unit_name, unit_class, kind, 'single', title, body, 1,
      '王编辑', %(at)s, %(at)s FROM report
"""


class Press:
    """Review's database, into which every paper's issue is put before it is set: the typesetter remembers the last."""

    def __init__(self, ground: Ground) -> None:
        self.url = ground.empty_database()
        upgrade(self.url, Path(services.review.__file__).parent)
        self.database = Database(
            self.url, service="review", clock=SystemClock(), keyring=Keyring.load(SERVICE, ground.keys)
        )
        self.writer = Writer(SEED)
        self.numbers = count(1)
        self.pages: list[int] = []
        with psycopg.connect(self.url) as connection:
            connection.execute(PUBLICATION)

    def product(self) -> float:
        """One request, milliseconds."""
        issue_id = self._issue()
        return milliseconds(lambda: self._paper(issue_id))

    def by_hand(self) -> float:
        """The typesetter alone, fonts and template read before, milliseconds."""
        inputs = self._inputs(self._issue())
        papers: list[bytes] = []
        taken = milliseconds(lambda: papers.append(typeset(inputs)))
        self.pages.append(len(pypdfium2.PdfDocument(papers[0])))
        return taken

    def _issue(self) -> UUID:
        issue = new_id()
        with psycopg.connect(self.url) as connection:
            connection.execute(ISSUE, {"issue": issue, "at": PUBLISHED, "number": next(self.numbers)})
            for _ in range(ITEMS):
                made = self.writer.report()
                values = {"issue": issue, "report": new_id(), "title": made.title, "body": made.body, "at": PUBLISHED}
                connection.execute(ITEM, values)
        return issue

    def _paper(self, issue_id: UUID) -> None:
        with self.database.reading() as session:
            get_issue_file(Reading(session, EDITOR, PUBLISHED), IssuePaper(issue_id=issue_id), None)

    def _inputs(self, issue_id: UUID) -> dict[str, str]:
        with self.database.reading() as session:
            issue = get_issue(Reading(session, EDITOR, PUBLISHED), IssueId(issue_id=issue_id))
        data = data_of(document_of(issue, PUBLISHED), None)
        return {"data": json.dumps(data, ensure_ascii=False), "faces": json.dumps(faces(None), ensure_ascii=False)}


def typeset(inputs: dict[str, str]) -> bytes:
    compiler = typst.Compiler(
        str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=library(None), ignore_system_fonts=True, sys_inputs=inputs
    )
    paper = compiler.compile(format="pdf", pdf_standards="a-2b", timestamp=int(PUBLISHED.timestamp()))
    if not isinstance(paper, bytes):
        raise TypeError("the typesetter gave no PDF")
    return paper


def run(ground: Ground) -> list[Result]:
    """Both in this process; what is read once (fonts, characters, template) is read before."""
    press = Press(ground)
    press.product()
    ours, theirs = interleave(press.product, press.by_hand, ROUNDS)
    note = f"{min(press.pages)} to {max(press.pages)} pages, {ITEMS} items"
    return [Result("paper", "ms", Aim(1.5, at_least=False), ours, theirs, [note])]
