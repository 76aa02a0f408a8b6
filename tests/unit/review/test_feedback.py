"""What is kept of a feedback is what was registered of it (R17)."""

from __future__ import annotations

from uuid import uuid4

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.events.gateway import AttachmentTold
from contracts.vocabulary import Leaning, Secrecy
from services.review.model.feedback import Feedback
from tests.factories.review import NOW, feedback, signed

FILE = AttachmentTold(digest=f"sha256:{0:064}", size=5, media_type="application/pdf", name="平面图.pdf")


@settings(max_examples=25)
@given(
    body=st.text(),
    topic=st.none() | st.text(),
    leaning=st.none() | st.sampled_from(Leaning),
    secrecy=st.sampled_from(Secrecy),
    drill=st.booleans(),
    files=st.lists(st.just(FILE), max_size=2),
    version=st.integers(1, 9),
)
def test_R17_a_feedback_is_laid_on_the_desk_exactly_as_it_was_registered(
    body: str, topic: str | None, leaning: Leaning | None, secrecy: Secrecy, drill: bool,
    files: list[AttachmentTold], version: int,
) -> None:  # fmt: skip
    report = feedback(
        uuid4(), NOW, body=body, topic=topic, leaning=leaning, secrecy=secrecy, drill=drill, attachments=files,
        version=version, sign_off=signed(author_id=uuid4(), signer_id=uuid4()),
    )  # fmt: skip
    assert Feedback.arrived(report).as_registered() == report
