"""The duties that a simulation starts from: those of a ledger as it stands, and what the years to come bring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time

from plugin.clock import SHANGHAI
from plugin.ledger import COUNTY, Ledger, WatchedDuty
from plugin.manifest import Manifest
from plugin.regulation.facts import project_of_stored
from plugin.regulation.judgement import obligations_of
from plugin.regulation.stages import EXISTING
from plugin.reminding.county import county_duties, security_test
from plugin.reminding.simulating import Known
from plugin.reminding.watching import watched


def of_ledger(ledger: Ledger, manifest: Manifest, first: date, last: date) -> Iterator[Known]:
    """The watched duties, and what each new year adds for what is still under construction."""
    county: list[WatchedDuty] = []
    of_projects: dict[str, list[WatchedDuty]] = {}
    for duty in ledger.watched.list():
        if duty.project_code != COUNTY:
            of_projects.setdefault(duty.project_code, []).append(duty)
        else:
            county.append(duty)
    for row in ledger.projects.list():
        duties = of_projects.get(row.code, [])
        to = {"platform": duties[0].platform, "to": duties[0].person} if duties else None
        found = {each.key: each for each in duties}
        for year in range(first.year + 1, last.year + 1):
            turned = date(year, 1, 1)
            arises = datetime.combine(turned, time(), SHANGHAI)
            project = project_of_stored(row.facts)
            for duty in watched(
                row.code, obligations_of(project, manifest.book, today=turned), project, to, manifest
            ):
                found.setdefault(duty.key, replace(duty, seen_until=arises))
            person, platform = (to["to"], to["platform"]) if to else ("", manifest.platform.name)
            for prompt in security_test(project, row.code, manifest, person, platform, turned):
                found.setdefault(prompt.key, replace(prompt, seen_until=arises))
        entered_at = ledger.submissions.saved_last(row.code, EXISTING)
        yield from (Known(duty, row.name, row.unit, entered_at) for duty in found.values())
    yield from of_county(manifest, county, first, last)


def of_county(manifest: Manifest, known: Iterable[WatchedDuty], first: date, last: date) -> Iterator[Known]:
    """The county's own duties: what plans owe as it is known, its days of these years as the manifest sets them."""
    known = tuple(known)
    before = {each.key: each for each in known}
    found = {key: each for key, each in before.items() if not each.notice}
    for year in range(first.year, last.year + 1):
        for duty in county_duties(manifest, (), date(year, 1, 1), known):
            same = before.get(duty.key)
            unmoved = same is not None and same.counted_from == duty.counted_from
            found.setdefault(duty.key, same if same and unmoved else replace(duty, fresh=False))
    yield from (Known(duty) for duty in found.values())
