"""The command line `chengbao`: reports and receipts over the public API, and the operator's commands."""

from __future__ import annotations

import typer

from clients.commands import (
    assignments,
    audit,
    backup,
    clock,
    deadlines,
    directory,
    doctor,
    incidents,
    outbox,
    parked,
    pre_reports,
    rebuild,
    receipts,
    replay,
    reports,
    settings,
    topology,
)

application = typer.Typer(
    name="chengbao",
    help="呈报：政务信息报送 Government information reporting.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
application.add_typer(reports.commands, name="report")
application.add_typer(pre_reports.commands, name="pre-report")
application.add_typer(incidents.commands, name="incident")
application.add_typer(receipts.commands, name="receipt")
application.add_typer(deadlines.commands, name="deadline")
application.add_typer(assignments.commands, name="assignment")
application.add_typer(directory.commands, name="directory")
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
