"""The only place where the gateway's timed work is declared."""

from __future__ import annotations

from contracts.events.evidence import CheckpointDeclared
from contracts.events.gateway import WatermarkAdvanced
from gateway.attachments.naming import remove_unnamed
from gateway.attachments.storage import Storage
from gateway.identity.sessions import forget_expired
from gateway.identity.sign_in import forget_quiet_addresses
from gateway.identity.usage import forget_old_usage
from gateway.receipts.trials import forget_old_trials
from gateway.receipts.watermark import advance_watermark
from gateway.webhooks.deliveries import forget_old_deliveries
from kernel.audit.declarations import daily_checkpoint
from kernel.database import Work
from kernel.schedule import Every
from kernel.settings import load_settings
from kernel.superseded import forgetting_superseded

WATERMARK_S = 2.0
SESSIONS_S = 600.0
UNNAMED_S = 3600.0
OLD_S = 3600.0


def _advance(work: Work) -> None:
    advance_watermark(work)


def _remove_unnamed(work: Work) -> None:
    remove_unnamed(work, Storage(load_settings().files_dir))


SCHEDULE: tuple[Every, ...] = (
    Every(WATERMARK_S, "watermark", _advance),
    Every(SESSIONS_S, "expired-sessions", forget_expired),
    Every(UNNAMED_S, "unnamed-attachments", _remove_unnamed),
    Every(SESSIONS_S, "quiet-addresses", forget_quiet_addresses),
    Every(OLD_S, "old-usage", forget_old_usage),
    Every(OLD_S, "old-trials", forget_old_trials),
    Every(OLD_S, "old-webhook-deliveries", forget_old_deliveries),
    forgetting_superseded(WatermarkAdvanced.TYPE),
    daily_checkpoint(CheckpointDeclared),
)
