"""R26: e-mail and SMS against real peers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import smpp34

from deploy.processes import free_port
from kernel.ids import new_id
from services.notify.channels.email import Email
from services.notify.channels.handover import Handover, Parcel
from services.notify.channels.sms import Sms
from tests.support.peers import MailServer, SmsCentre


@pytest.fixture
def sms_centre() -> Iterator[SmsCentre]:
    centre = SmsCentre()
    centre.start()
    yield centre
    centre.stop()


def parcel(address: str, content: str = "请于11月24日前反馈", subject: str = "【交办】河道治理") -> Parcel:
    return Parcel(new_id(), address, subject, content)


def send_sms(centre: SmsCentre, what: Parcel) -> Handover:
    driver = Sms.from_url(centre.url)
    try:
        return driver.hand_over(what)
    finally:
        driver.close()


def test_R26_mail_arrives_with_chinese_subject_and_text(mail_server: MailServer) -> None:
    sent = parcel("officer@district.example")
    assert Email.from_url(mail_server.url).hand_over(sent) == Handover(True)
    (mail,) = mail_server.mails
    assert (mail["Subject"], mail.get_content().strip()) == (sent.subject, sent.content)


def test_R26_a_repeated_mail_keeps_its_message_id(mail_server: MailServer) -> None:
    sent = parcel("officer@district.example")
    for _ in range(2):
        Email.from_url(mail_server.url).hand_over(sent)
    first, second = mail_server.mails
    assert first["Message-ID"] == second["Message-ID"] == f"<{sent.delivery_id}@city.example>"


def test_R26_line_breaks_in_a_title_stay_out_of_the_mail_headers(mail_server: MailServer) -> None:
    Email.from_url(mail_server.url).hand_over(parcel("a@b.example", subject="标题\r\nBcc: x@y.example"))
    (mail,) = mail_server.mails
    assert (mail["Bcc"], mail["Subject"]) == (None, "标题 Bcc: x@y.example")


@pytest.mark.parametrize(("address", "final"), [("later@b.example", False), ("never@b.example", True)])
def test_R26_4xx_is_tried_again_and_5xx_is_not(mail_server: MailServer, address: str, final: bool) -> None:
    answer = Email.from_url(mail_server.url).hand_over(parcel(address))
    assert (answer.sent, answer.final, answer.unknown) == (False, final, False)


def test_R26_a_mail_server_dying_after_the_final_dot_leaves_the_outcome_unknown(mail_server: MailServer) -> None:
    answer = Email.from_url(mail_server.url).hand_over(parcel("dies@b.example"))
    assert (answer.sent, answer.unknown) == (False, True)


def test_R26_no_mail_server_is_a_passing_failure() -> None:
    answer = Email.from_url(f"smtp://127.0.0.1:{free_port()}?from=a@b.example").hand_over(parcel("c@d.example"))
    assert (answer.sent, answer.final, answer.unknown) == (False, False, False)


def test_R26_sms_arrives_in_chinese(sms_centre: SmsCentre) -> None:
    assert send_sms(sms_centre, parcel("+8613900000000")) == Handover(True)
    (message,) = sms_centre.messages
    assert (message.address, message.text) == ("8613900000000", "请于11月24日前反馈")


def test_R26_a_long_sms_arrives_in_numbered_parts(sms_centre: SmsCentre) -> None:
    text = "河道治理" * 40 + "𬭎"
    assert send_sms(sms_centre, parcel("+8613900000000", text)).sent
    assert "".join(message.text for message in sms_centre.messages) == text
    assert [tuple(message.header[-2:]) for message in sms_centre.messages] == [(3, 1), (3, 2), (3, 3)]


@pytest.mark.parametrize(("status", "final"), [(smpp34.ESME_RTHROTTLED, False), (smpp34.ESME_RINVDSTADR, True)])
def test_R26_throttling_is_tried_again_and_a_wrong_number_is_not(
    sms_centre: SmsCentre, status: int, final: bool
) -> None:
    sms_centre.status_for = lambda address: status
    answer = send_sms(sms_centre, parcel("+8613900000000"))
    assert (answer.sent, answer.final) == (False, final)


def test_R26_a_long_sms_refused_half_way_is_marked_as_a_possible_double(sms_centre: SmsCentre) -> None:
    sms_centre.status_for = lambda address: smpp34.ESME_RTHROTTLED if sms_centre.messages else None
    answer = send_sms(sms_centre, parcel("+8613900000000", "河道治理" * 40))
    assert (answer.sent, answer.unknown) == (False, True)


def test_R26_an_address_with_other_letters_is_refused_for_good(mail_server: MailServer) -> None:
    answer = Email.from_url(mail_server.url).hand_over(parcel("王敏@city.example"))
    assert (answer.sent, answer.final) == (False, True)


def test_R26_no_sms_centre_is_a_passing_failure() -> None:
    driver = Sms.from_url(f"smpp://a:b@127.0.0.1:{free_port()}?source=1")
    answer = driver.hand_over(parcel("+8613900000000"))
    assert (answer.sent, answer.final, answer.unknown) == (False, False, False)
