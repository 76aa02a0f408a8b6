"""R11: topic and leaning of old rows of the queue are filled in, and nothing that the desk knows is written over."""

from __future__ import annotations

from contracts.vocabulary import Leaning
from services.review.topics import Described, fill_topics, without_topic
from tests.factories.review import CHIEF, EDITOR, ReviewOffice, registered


def test_R11_only_what_is_empty_is_filled_and_only_of_the_version_on_the_desk(office: ReviewOffice) -> None:
    old, newer, known = registered(), registered(), registered(topic="民生")
    office.register(old, newer, known)
    told = [
        Described(old.report_id, 1, "供热", Leaning.GOOD_NEWS),
        Described(newer.report_id, 2, "供热", None),
        Described(known.report_id, 1, "供热", Leaning.BAD_NEWS),
    ]
    with office.harness.database.work(CHIEF) as work:
        assert sorted(without_topic(work.session, None, 10)) == sorted([old.report_id, newer.report_id])
        assert fill_topics(work, told) == 1
        assert fill_topics(work, told) == 0
    shown = {item.report_id: (item.topic, item.leaning) for item in office.do("list_queue", EDITOR).items}
    assert shown == {
        old.report_id: ("供热", Leaning.GOOD_NEWS), newer.report_id: (None, None), known.report_id: ("民生", None),
    }  # fmt: skip
