"""Signing several drafts on one page: each with its whole text before the signer's eyes, each its own durable act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import g, render_template, request

from contracts.rpc.drafts import Draft, DraftPage
from contracts.vocabulary import URGENT_KINDS, DraftState
from gateway.assembly import gateway
from gateway.attempts import note
from gateway.bodies import checked, parse_json
from gateway.console.check_findings import findings_of, worst_in
from gateway.console.forms import asked, line
from gateway.console.page import Answer, Page
from gateway.console.signed_facts import signed_facts
from gateway.directory import held_posts
from gateway.entrance import present
from gateway.model.directory import HeldPost, signing_post
from gateway.rates import allow_report
from gateway.receipts.acceptance import accept_report
from gateway.receipts.signoff import SubmitReport
from kernel.clock import china_day
from kernel.errors import Refusal
from kernel.ids import new_id

TOGETHER = 10
"""Texts on one page: more are not read."""
BYTES = 1_000_000
"""Of all texts of the page, which come back with the form; half of what a request may bring."""


@dataclass(frozen=True)
class Signed:
    """What became of one chosen draft."""

    title: str
    draft_id: str | None
    number: str | None = None
    trouble: str | None = None


def show_signing() -> Answer:
    """The drafts that wait for this signer and are not urgent, oldest first, each with its whole text."""
    drafts = _waiting()
    together = _as_many_as_fit(drafts)
    return render_template(
        "console/signing.html", drafts=together, others=len(drafts) - len(together), facts=signed_facts,
        signs_as=signs_as(), worst=worst_in,
        findings={draft.draft_id: findings_of(draft.draft_id) for draft in together},
    )


def sign_drafts() -> Answer:
    """Sign the chosen ones; one that is refused stops no other. Sent again it repeats the same receipts, as each has
    a key of its own."""
    results = [_sign(number) for number in request.form.getlist("draft")]
    return render_template("console/signing_results.html", results=results, left=len(_waiting_or_none()))


def signs_as() -> HeldPost | None:
    """The post by which whoever asks would sign today; a deputy is told that he signs as one."""
    principal = present().principal
    if principal.unit_id is None:
        return None
    with gateway().database.reading() as session:
        posts = held_posts(session, principal.person_id, china_day(gateway().clock.now()))
    return signing_post(posts, principal.unit_id)


def _waiting() -> list[Draft]:
    page = asked("intake", "list_drafts", DraftPage, state=DraftState.OFFERED, limit=100)
    principal = present().principal
    drafts = [draft for draft in page.items if not principal.same_person(draft.author_id)]
    plain = [draft for draft in drafts if draft.content.kind not in URGENT_KINDS]
    return sorted(plain, key=lambda draft: draft.changed_at)


def _waiting_or_none() -> Sequence[Draft]:
    """The receipts are what counts; how many are left is not known while intake is away."""
    try:
        return _waiting()
    except Refusal:
        return ()


def _as_many_as_fit(drafts: Sequence[Draft]) -> list[Draft]:
    taken: list[Draft] = []
    size = 0
    for draft in drafts[:TOGETHER]:
        size += len(draft.content.model_dump_json().encode())
        if taken and size > BYTES:
            break
        taken.append(draft)
    return taken


def _sign(number: str) -> Signed:
    """The durable act on one draft, with the content that was shown and intake's seal on it."""
    title, draft_id = line(f"title_{number}") or "", line(f"draft_{number}")
    try:
        content = parse_json(request.form.get(f"content_{number}", "").encode())
        act = checked(SubmitReport, {"content": content, "offer_token": line(f"offer_token_{number}")})
        allow_report(present(), act.content.kind)
        accepted = accept_report(gateway(), present(), act, str(_key(number)), g.correlation_id)
    except Refusal as refusal:
        note(refusal)
        return Signed(title, draft_id, trouble=refusal.detail_zh)
    return Signed(title, draft_id, number=accepted.number)


def _key(number: str) -> UUID:
    """Made with the page, one for each draft."""
    try:
        return UUID(request.form.get(f"key_{number}", ""))
    except ValueError:
        return new_id()


PAGES = (
    Page("GET", "/signing", show_signing),
    Page("POST", "/signing", sign_drafts),
)
