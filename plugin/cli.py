"""The command `zhengxiang`. Exit status: 0 done, 1 the answer is no, 2 the input is not usable."""

from __future__ import annotations

import click

from plugin.commands import (
    backup,
    bureau,
    calendar,
    doctor,
    dossier,
    feeds,
    forms,
    importing,
    law,
    limits,
    manifest,
    operations,
    people,
    platform,
    processes,
    simulate,
    whatif,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="zhengxiang")
def main() -> None:
    """政项: judges, records and files a county's government IT projects by its regulation."""


calendar.calendar.add_command(feeds.feeds)
for command in (
    *(manifest.check, manifest.init, manifest.apply),
    whatif.whatif,
    *(limits.limits, limits.propose, limits.proposals, limits.confirm, limits.withdraw, limits.rollback),
    forms.forms,
    *(law.assess, law.explain),
    *(bureau.override, bureau.attach),
    calendar.calendar,
    simulate.simulate,
    *(platform.platform, doctor.doctor, backup.backup),
    importing.import_projects,
    dossier.dossier,
    *(processes.serve, processes.demo),
    people.people,
    *(operations.jobs, operations.reconcile),
):
    main.add_command(command)


if __name__ == "__main__":
    main()
