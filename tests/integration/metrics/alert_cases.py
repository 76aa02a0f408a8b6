"""For every alert: figures that set it off, and figures close to them that do not.

Series are in promtool's notation, one value a minute: `0x10` is 0 eleven times, `0+6x10` rises by 6 a minute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Series = Mapping[str, str]
INTAKE = 'job="chengbao",process="intake",instance="intake:9108"'
INTAKE_2 = 'job="chengbao",process="intake",instance="intake-2:9108"'
REVIEW = 'job="chengbao",process="review",instance="review:9108"'
NOTIFY = 'job="chengbao",process="notify",instance="notify:9108"'
COURIER = 'job="chengbao",process="courier",instance="courier:9108"'
BROKER = 'job="rabbitmq",process="rabbitmq",instance="rabbitmq:15692"'
LARGER = 'unit_class="district",severity="larger"'
CHECKPOINT_INTERVAL = f'chengbao_job_interval_seconds{{{INTAKE},name="checkpoint"}}'


@dataclass(frozen=True)
class Case:
    """`fires` sets the alert off `after` so many minutes, with these labels (beside `severity`); `quiet` does not."""

    alert: str
    labels: Mapping[str, str]
    after: int
    fires: Series
    quiet: Series


def _requests(route: str, status: str, values: str) -> Series:
    return {f'chengbao_request_seconds_count{{verb="GET",route="{route}",status="{status}"}}': values}


def _acceptance(within_a_second: str, in_all: str) -> Series:
    name = 'chengbao_request_seconds_bucket{verb="POST",route="/v1/reports",status="2xx",le='
    return {f'{name}"1.0"}}': within_a_second, f'{name}"2.5"}}': in_all, f'{name}"+Inf"}}': in_all}


CASES: tuple[Case, ...] = (
    Case(
        "ChengbaoProcessDown",
        {"job": "chengbao", "process": "intake", "instance": "intake:9108"},
        2,
        {f"up{{{INTAKE}}}": "0x5", f"up{{{REVIEW}}}": "1x5"},
        {f"up{{{INTAKE}}}": "1 0 1x5", f"up{{{BROKER}}}": "0x5"},
    ),
    Case(
        "ChengbaoProcessRestarting",
        {"job": "chengbao", "process": "intake", "instance": "intake:9108"},
        4,
        {f"process_start_time_seconds{{{INTAKE}}}": "1 2 3 4 4x3"},
        {f"process_start_time_seconds{{{INTAKE}}}": "1 2 3 3x5"},
    ),
    Case(
        "ChengbaoDatabaseAway",
        {"process": "intake"},
        2,
        {f"chengbao_figures_readable{{{INTAKE}}}": "0x5", f"chengbao_figures_readable{{{INTAKE_2}}}": "1x5"},
        {f"chengbao_figures_readable{{{INTAKE}}}": "1 0 1x5"},
    ),
    Case(
        "ChengbaoBusNotReady",
        {"process": "intake"},
        3,
        {f"chengbao_bus_ready{{{INTAKE}}}": "0x5"},
        {f"chengbao_bus_ready{{{INTAKE}}}": "0 0 1x5"},
    ),
    Case(
        "ChengbaoNotConsuming",
        {"process": "notify"},
        3,
        {f"chengbao_consumer_connected{{{NOTIFY}}}": "1 0x5"},
        {f"chengbao_consumer_connected{{{NOTIFY}}}": "0 1 0 1x5"},
    ),
    Case(
        "ChengbaoBrokerDown",
        {"job": "rabbitmq", "process": "rabbitmq", "instance": "rabbitmq:15692"},
        2,
        {f"up{{{BROKER}}}": "0x5"},
        {f"up{{{BROKER}}}": "1x5", f"up{{{INTAKE}}}": "0x5"},
    ),
    Case(
        "ChengbaoBrokerBlocks",
        {"job": "rabbitmq", "process": "rabbitmq", "instance": "rabbitmq:15692"},
        1,
        {
            f"rabbitmq_alarms_memory_used_watermark{{{BROKER}}}": "0x5",
            f"rabbitmq_alarms_free_disk_space_watermark{{{BROKER}}}": "1x5",
        },
        {
            f"rabbitmq_alarms_memory_used_watermark{{{BROKER}}}": "0x5",
            f"rabbitmq_alarms_free_disk_space_watermark{{{BROKER}}}": "0x5",
        },
    ),
    Case(
        "ChengbaoDurabilityOff",
        {},
        1,
        {f"chengbao_receipts_durable{{{COURIER}}}": "1 0x5"},
        {f"chengbao_receipts_durable{{{COURIER}}}": "1x5"},
    ),
    Case(
        "ChengbaoGatewayFailing",
        {},
        10,
        {**_requests("/v1/reports", "2xx", "0+90x12"), **_requests("/v1/reports", "5xx", "0+10x12")},
        {
            **_requests("/v1/reports", "2xx", "0+999x12"),
            **_requests("/v1/reports", "5xx", "0+1x12"),
            **_requests("/readyz", "5xx", "0+60x12"),
        },
    ),
    Case(
        "ChengbaoAcceptanceSlow",
        {},
        12,
        _acceptance("0+90x15", "0+100x15"),
        _acceptance("0+1000x15", "0+1000x15"),
    ),
    Case(
        "ChengbaoTimedWorkFailing",
        {"process": "intake", "name": "checkpoint"},
        10,
        {f'chengbao_job_runs_total{{{INTAKE},name="checkpoint",outcome="failed"}}': "0+1x12"},
        {f'chengbao_job_runs_total{{{INTAKE},name="checkpoint",outcome="failed"}}': "0 0 1 2 2x8"},
    ),
    Case(
        "ChengbaoTimedWorkStalled",
        {"process": "intake", "name": "checkpoint"},
        13,
        {f'chengbao_job_runs_total{{{INTAKE},name="checkpoint",outcome="done"}}': "60x15", CHECKPOINT_INTERVAL: "1x15"},
        {  # the second replica leads
            CHECKPOINT_INTERVAL: "1x15",
            f'chengbao_job_runs_total{{{INTAKE},name="checkpoint",outcome="done"}}': "60x15",
            f'chengbao_job_runs_total{{{INTAKE_2},name="checkpoint",outcome="done"}}': "0+60x15",
            # runs once an hour
            f'chengbao_job_runs_total{{{COURIER},name="old-trials",outcome="done"}}': "1x15",
            f'chengbao_job_interval_seconds{{{COURIER},name="old-trials"}}': "3600x15",
        },
    ),
    Case(
        "ChengbaoContinuousWorkFailing",
        {"process": "notify", "worker": "deliver"},
        10,
        {f'chengbao_worker_failures_total{{{NOTIFY},worker="deliver"}}': "0+1x12"},
        {f'chengbao_worker_failures_total{{{NOTIFY},worker="deliver"}}': "0 0 1 2 2x8"},
    ),
    Case(
        "ChengbaoOutboxStuck",
        {"process": "intake"},
        1,
        {
            f"chengbao_outbox_oldest_unsent_seconds{{{INTAKE}}}": "61x3",
            f"chengbao_outbox_oldest_unsent_seconds{{{INTAKE_2}}}": "61x3",
        },
        {f"chengbao_outbox_oldest_unsent_seconds{{{INTAKE}}}": "59x3"},
    ),
    Case(
        "ChengbaoEventsParked",
        {"process": "review"},
        1,
        {f'chengbao_held_events{{{REVIEW},state="parked"}}': "0 1x3"},
        {
            f'chengbao_held_events{{{REVIEW},state="parked"}}': "0x3",
            f'chengbao_held_events{{{REVIEW},state="failing"}}': "3x3",
        },
    ),
    Case(
        "ChengbaoEventsFailing",
        {"process": "review"},
        6,
        {f'chengbao_held_events{{{REVIEW},state="failing"}}': "1x8"},
        {f'chengbao_held_events{{{REVIEW},state="failing"}}': "1 1 1 0 1 1 1 1"},
    ),
    Case(
        "ChengbaoEventsWaiting",
        {"process": "review"},
        11,
        {f'chengbao_held_events{{{REVIEW},state="waiting"}}': "2x15"},
        {f'chengbao_held_events{{{REVIEW},state="waiting"}}': "2x5 0 2x8"},
    ),
    Case(
        "ChengbaoReceiptsUnregistered",
        {},
        2,
        {f"chengbao_receipts_unregistered{{{COURIER}}}": "1x5"},
        {f"chengbao_receipts_unregistered{{{COURIER}}}": "0x5"},
    ),
    Case(
        "ChengbaoWatermarkStale",
        {},
        2,
        {f"chengbao_watermark_age_seconds{{{COURIER}}}": "2 62 122"},
        {f"chengbao_watermark_age_seconds{{{COURIER}}}": "2x5"},
    ),
    Case(
        "ChengbaoRegistrationStale",
        {},
        2,
        {f"chengbao_intake_watermark_age_seconds{{{INTAKE}}}": "3 63 123"},
        {f"chengbao_intake_watermark_age_seconds{{{INTAKE}}}": "3 63 3"},
    ),
    Case(
        "ChengbaoFeedbackWatermarkStale",
        {},
        3,
        {f"chengbao_feedback_watermark_age_seconds{{{REVIEW}}}": "4 64 124 184"},
        {f"chengbao_feedback_watermark_age_seconds{{{REVIEW}}}": "4x5"},
    ),
    Case(
        "ChengbaoEvidenceUnwitnessed",
        {"process": "courier"},
        2,
        {f"chengbao_evidence_unwitnessed_seconds{{{COURIER}}}": "31 91 151"},
        {f"chengbao_evidence_unwitnessed_seconds{{{COURIER}}}": "0 1 0.5"},
    ),
    Case(
        "ChengbaoAttemptsRefused",
        {"reason": "foreign"},
        16,
        {
            f'chengbao_refused_attempts_total{{{INTAKE},kind="report",reason="foreign"}}': "0+5x20",
            f'chengbao_refused_attempts_total{{{REVIEW},kind="issue",reason="foreign"}}': "0+4x20",
        },
        {
            f'chengbao_refused_attempts_total{{{INTAKE},kind="report",reason="foreign"}}': "0+5x20",
            f'chengbao_refused_attempts_total{{{REVIEW},kind="issue",reason="act"}}': "0+4x20",
        },
    ),
    Case(
        "ChengbaoAttemptsUnwritten",
        {},
        3,
        {f"chengbao_refused_attempts_unwritten_total{{{INTAKE}}}": "0 0 1 1"},
        {f"chengbao_refused_attempts_unwritten_total{{{INTAKE}}}": "1x5"},
    ),
    Case(
        "ChengbaoDeliveriesOverdue",
        {"channel": "sms"},
        1,
        {f'chengbao_delivery_overdue_seconds{{{NOTIFY},channel="sms"}}': "301x3"},
        {f'chengbao_delivery_overdue_seconds{{{NOTIFY},channel="sms"}}': "299x3"},
    ),
    Case(
        "ChengbaoDeliveriesFailed",
        {"channel": "email"},
        2,
        {f'chengbao_deliveries{{{NOTIFY},channel="email",state="failed"}}': "4 4 5"},
        {f'chengbao_deliveries{{{NOTIFY},channel="email",state="failed"}}': "4x3"},
    ),
    Case(
        "ChengbaoNobodyTold",
        {"message": "deadline.missed"},
        2,
        {f'chengbao_untold_events{{{NOTIFY},message="deadline.missed"}}': "0 0 1"},
        {f'chengbao_untold_events{{{NOTIFY},message="deadline.missed"}}': "7x3"},
    ),
    Case(
        "ChengbaoNewsGivenUp",
        {},
        2,
        {f'chengbao_webhook_deliveries{{{COURIER},state="given_up"}}': "3 3 4"},
        {
            f'chengbao_webhook_deliveries{{{COURIER},state="given_up"}}': "4 3 3",
            f'chengbao_webhook_deliveries{{{COURIER},state="waiting"}}': "0 0 9",
        },
    ),
    Case(
        "ChengbaoUrgentReportUndecided",
        {"unit_class": "district", "incident": "larger"},
        3,
        {f"chengbao_urgent_reports_overdue{{{INTAKE},{LARGER}}}": "1x5"},
        {f"chengbao_urgent_reports_overdue{{{INTAKE},{LARGER}}}": "0 1 0 0"},
    ),
    Case(
        "ChengbaoUrgentReportLate",
        {"unit_class": "district", "incident": "larger"},
        2,
        {f"chengbao_urgent_reports_missed{{{INTAKE},{LARGER}}}": "3 3 4"},
        {f"chengbao_urgent_reports_missed{{{INTAKE},{LARGER}}}": "3x2 _ 3"},
    ),
    Case(
        "ChengbaoUrgentReportUnacknowledged",
        {},
        2,
        {f"chengbao_unacknowledged_oldest_age_seconds{{{INTAKE}}}": "0 901x3"},
        {f"chengbao_unacknowledged_oldest_age_seconds{{{INTAKE}}}": "0 899x3"},
    ),
    Case(
        "ChengbaoUrgentReportsInTimeLow",
        {"unit_class": "district"},
        20,
        {
            f"chengbao_urgent_reports_met{{{INTAKE},{LARGER}}}": "18x25",
            f"chengbao_urgent_reports_missed{{{INTAKE},{LARGER}}}": "2x25",
        },
        {
            f"chengbao_urgent_reports_met{{{INTAKE},{LARGER}}}": "19x25",
            f"chengbao_urgent_reports_missed{{{INTAKE},{LARGER}}}": "1x25",
        },
    ),
    Case(
        "ChengbaoFeedbackUndecided",
        {"unit_class": "bureau"},
        6,
        {f'chengbao_feedback_deadlines{{{REVIEW},unit_class="bureau",outcome="overdue"}}': "1x8"},
        {f'chengbao_feedback_deadlines{{{REVIEW},unit_class="bureau",outcome="overdue"}}': "1 1 0x8"},
    ),
    Case(
        "ChengbaoFeedbackLate",
        {"unit_class": "bureau"},
        2,
        {f'chengbao_feedback_deadlines{{{REVIEW},unit_class="bureau",outcome="missed"}}': "0 0 1"},
        {f'chengbao_feedback_deadlines{{{REVIEW},unit_class="bureau",outcome="missed"}}': "5x3"},
    ),
    Case(
        "ChengbaoFeedbackInTimeLow",
        {"unit_class": "bureau"},
        20,
        {
            f'chengbao_feedback_deadlines{{{REVIEW},unit_class="bureau",outcome="met"}}': "8x25",
            f'chengbao_feedback_deadlines{{{REVIEW},unit_class="bureau",outcome="missed"}}': "2x25",
        },
        {
            f'chengbao_feedback_deadlines{{{REVIEW},unit_class="bureau",outcome="met"}}': "9x25",
            f'chengbao_feedback_deadlines{{{REVIEW},unit_class="bureau",outcome="missed"}}': "1x25",
            f'chengbao_feedback_deadlines{{{REVIEW},unit_class="bureau",outcome="open"}}': "30x25",
        },
    ),
    Case(
        "ChengbaoQueueUrgentWaiting",
        {"urgency": "major"},
        1,
        {f'chengbao_queue_oldest_age_seconds{{{REVIEW},urgency="major"}}': "3601x3"},
        {
            f'chengbao_queue_oldest_age_seconds{{{REVIEW},urgency="major"}}': "3599x3",
            f'chengbao_queue_oldest_age_seconds{{{REVIEW},urgency="not_urgent"}}': "7200x3",
        },
    ),
    Case(
        "ChengbaoQueueWaiting",
        {"urgency": "not_urgent"},
        1,
        {f'chengbao_queue_oldest_age_seconds{{{REVIEW},urgency="not_urgent"}}': "259201x3"},
        {f'chengbao_queue_oldest_age_seconds{{{REVIEW},urgency="not_urgent"}}': "259199x3"},
    ),
    Case(
        "ChengbaoCalendarEnds",
        {},
        90,
        {f"chengbao_working_calendar_known_seconds{{{REVIEW}}}": "3887999x95"},
        {f"chengbao_working_calendar_known_seconds{{{REVIEW}}}": "3888000x95"},
    ),
    Case(
        "ChengbaoFeedbackFlagged",
        {"state": "foreign"},
        12,
        {f'chengbao_feedback_flagged{{{REVIEW},state="foreign"}}': "2 3x15"},
        {f'chengbao_feedback_flagged{{{REVIEW},state="unmatched"}}': "0 1x5 0x9"},
    ),
)
