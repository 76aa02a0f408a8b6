"""Which driver serves which channel, by the settings."""

from __future__ import annotations

from contracts.vocabulary import Channel
from kernel.settings import Settings
from services.notify.channels.email import Email
from services.notify.channels.handover import Capture, ChannelDriver
from services.notify.channels.sms import Sms


def drivers_from(settings: Settings) -> dict[Channel, ChannelDriver]:
    """A driver per channel; one without configuration captures. Raises `ValueError` for an unusable address."""
    return {
        Channel.EMAIL: Email.from_url(settings.smtp_url.get_secret_value()) if settings.smtp_url else Capture(),
        Channel.SMS: Sms.from_url(settings.smpp_url.get_secret_value()) if settings.smpp_url else Capture(),
    }
