"""The command line `chengbao`: reports and receipts over the public API, and the operator's commands."""

from __future__ import annotations

import typer

from clients.commands import (
    assignments,
    audit,
    backup,
    bulk_reports,
    clock,
    commissions,
    deadlines,
    desk_acts,
    directory,
    doctor,
    drafts,
    guidance,
    incidents,
    instructions,
    issues,
    outbox,
    parked,
    pre_reports,
    rebuild,
    receipts,
    replay,
    reports,
    research,
    sessions,
    settings,
    supervision,
    topology,
    trainings,
    verifications,
    webhooks,
)

application = typer.Typer(
    name="chengbao",
    help="呈报：政务信息报送 Government information reporting.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
application.add_typer(reports.commands, name="report")
reports.commands.command("submit-many")(bulk_reports.submit_many)
application.add_typer(drafts.commands, name="draft")
application.add_typer(webhooks.commands, name="webhook")
application.add_typer(sessions.commands, name="session")
application.add_typer(pre_reports.commands, name="pre-report")
application.add_typer(incidents.commands, name="incident")
application.add_typer(desk_acts.commands, name="queue")
application.add_typer(receipts.commands, name="receipt")
application.add_typer(deadlines.commands, name="deadline")
application.add_typer(commissions.commands, name="commission")
application.add_typer(guidance.commands, name="guidance")
application.add_typer(research.commands, name="research")
application.add_typer(assignments.commands, name="assignment")
application.add_typer(instructions.commands, name="instruction")
application.add_typer(supervision.commands, name="supervision")
application.add_typer(directory.commands, name="directory")
application.add_typer(trainings.commands, name="training")
application.add_typer(verifications.commands, name="verification")
application.add_typer(issues.commands, name="issue")
application.add_typer(issues.publications, name="publication")
application.add_typer(outbox.commands, name="outbox")
application.add_typer(parked.commands, name="parked")
application.add_typer(audit.commands, name="audit")
application.add_typer(topology.commands, name="topology")
application.add_typer(clock.commands, name="clock")
application.command("replay")(replay.replay)
application.command("backup")(backup.backup)
application.command("restore")(backup.restore)
application.command("doctor")(doctor.doctor)
application.command("rebuild")(rebuild.rebuild)
application.command("settings")(settings.settings)


def main() -> None:
    """Entry of the console script."""
    application()


if __name__ == "__main__":
    main()
