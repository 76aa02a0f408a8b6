"""R23: print copies that no item names are let go of, and never one that an item is about to name."""

from __future__ import annotations

import threading
from functools import partial
from uuid import UUID, uuid4

from sqlalchemy import text

from contracts.rpc.item_pictures import AddPicture, PlacePictures
from services.review.item_pictures import add_picture, clear_unused_copies, place_pictures
from services.review.model.item_pictures import digest_of
from tests.factories.review import CHIEF, EDITOR, ReviewOffice, at_once
from tests.integration.review.test_issue_papers import paper
from tests.integration.review.test_item_pictures import MAP, PHOTO, adopted, choose, choosing, listed, with_item
from tests.integration.review.test_proofs import act, seen


def clear(office: ReviewOffice) -> None:
    with office.harness.database.work(EDITOR) as work:
        clear_unused_copies(work)


def kept(office: ReviewOffice) -> int:
    with office.harness.database.reading() as session:
        return session.scalar(text("SELECT count(*) FROM picture_copies")) or 0


def taking_out(office: ReviewOffice, issue_id: UUID, item: UUID) -> PlacePictures:
    version = listed(office, issue_id, item).version
    return PlacePictures(issue_id=issue_id, adoption_id=item, version=version, pictures=[])


def test_R23_a_copy_goes_when_the_last_item_that_names_it_lets_it_go(office: ReviewOffice) -> None:
    issue_id, item, report = with_item(office)
    other_issue, other_item, _ = with_item(office)
    choose(office, issue_id, item, MAP)
    choose(office, issue_id, item, PHOTO)
    choose(office, other_issue, other_item, MAP)
    clear(office)
    assert kept(office) == 2

    office.do("withdraw_adoption", EDITOR, report_id=report.report_id, reason="有误")
    clear(office)
    assert kept(office) == 1  # the other issue shows the map
    office.harness.call("place_pictures", taking_out(office, other_issue, other_item), EDITOR)
    clear(office)
    assert kept(office) == 0


def test_R23_what_was_published_keeps_its_copies_also_when_it_is_withdrawn(office: ReviewOffice) -> None:
    issue_id, item, report = with_item(office)
    choose(office, issue_id, item, MAP)
    adopted(office, issue_id, title="东山县情况")
    office.publish(issue_id)
    printed = paper(office, issue_id, by=CHIEF)
    office.do("withdraw_adoption", EDITOR, report_id=report.report_id, reason="有误")
    clear(office)
    assert paper(office, issue_id, by=CHIEF) == printed

    act(office, "withdraw_issue", CHIEF, seen(office, issue_id), reason="有误")
    clear(office)
    assert kept(office) == 1


def test_R23_a_copy_that_is_being_chosen_stays(office: ReviewOffice) -> None:
    issue_id, item, _ = with_item(office)
    choose(office, issue_id, item, MAP)
    office.harness.call("place_pictures", taking_out(office, issue_id, item), EDITOR)
    with office.harness.database.work(EDITOR) as work:
        add_picture(work, choosing(office, issue_id, item, MAP))
        clear(office)  # sees no item that names it, and the editor's hand on it
    clear(office)

    assert kept(office) == 1


def test_R23_a_copy_chosen_while_it_is_cleared_is_written_anew(office: ReviewOffice) -> None:
    issue_id, item, _ = with_item(office)
    choose(office, issue_id, item, MAP)
    office.harness.call("place_pictures", taking_out(office, issue_id, item), EDITOR)
    again = threading.Thread(target=partial(choose, office, issue_id, item, MAP))
    with office.harness.database.work(EDITOR) as work:
        clear_unused_copies(work)
        again.start()
        held = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        while again.is_alive() and not work.session.scalar(text(held)):
            again.join(0.01)
        assert again.is_alive()  # waits for the copy that goes
    again.join()

    assert [each.digest for each in seen(office, issue_id).items[0].pictures] == [digest_of(MAP)]
    assert kept(office) == 1


def test_R23_taken_out_chosen_again_and_cleared_at_once_an_item_never_misses_its_picture(office: ReviewOffice) -> None:
    issue_id, item, _ = with_item(office)
    for _ in range(4):
        choose(office, issue_id, item, MAP)
        request = choosing(office, issue_id, item, MAP)
        with office.harness.database.work(EDITOR) as work:
            place_pictures(work, taking_out(office, issue_id, item))
        seen_again = AddPicture(**request.model_dump() | {"version": request.version + 1, "picture_id": uuid4()})
        choice = partial(office.harness.call, "add_picture", seen_again, EDITOR)
        at_once(choice, *[partial(clear, office)] * 3)
        assert seen(office, issue_id).missing == [] == [
            each for each in listed(office, issue_id, item).offered if each.digest == digest_of(MAP)
        ]  # fmt: skip
        office.harness.call("place_pictures", taking_out(office, issue_id, item), EDITOR)
        clear(office)
        assert kept(office) == 0
