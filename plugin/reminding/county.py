"""The county's year: duties of no project, each with a key of its year, so that none is lost or repeated. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from plugin.ledger import COUNTY, WatchedDuty
from plugin.manifest import Manifest
from plugin.regulation.obligations import Obligation
from plugin.regulation.pack import Effect
from plugin.regulation.project import Project
from plugin.regulation.states import State
from plugin.reminding.moments import Role

TESTED = frozenset({State.ACCEPTED, State.OPERATING, State.SELF_EVALUATED})
ROUND, YEAR_OF_PLAN = "DEMAND-ROUND", "PLAN-YEAR"


def county_duties(
    manifest: Manifest, plans: Iterable[Obligation], today: date, known: Iterable[WatchedDuty] = ()
) -> Iterator[WatchedDuty]:
    """This year's and next year's, so that each is known well before its first day. `plans`: the filings owed (11, 12).

    `known`: what is watched so far. Of last year it stays as it is, for whoever was away over New Year; a round of last
    year that is still open is this year's too.
    """
    for each in known:
        if each.notice and of_year(each, today.year - 1) and not (each.due_on and each.due_on >= today):
            yield each
    yield from (
        each for each in _collection(manifest, today.year - 1) if each.due_on and each.due_on >= today
    )
    for year in (today.year, today.year + 1):
        yield from _collection(manifest, year)
        yield from _validity(manifest, year)
        if (on := day_of(manifest.rhythm.plan_rollover, year)) and _applies(manifest, YEAR_OF_PLAN):
            yield _notice(
                manifest, f"plan_rollover:{year}", manifest.pack.rules[YEAR_OF_PLAN].article, opens_on=on
            )
    for plan in plans:
        if plan.is_open:
            yield WatchedDuty(
                project_code=COUNTY,
                key=plan.key,
                duty=plan.duty,
                article=plan.article,
                opens_on=None,
                due_on=plan.due_on,
                overdue_after=plan.overdue_after,
                anchored_on=None if plan.due_on else plan.anchored_on,
                role=Role.BUREAU,
                notice=False,
                platform=manifest.platform.name,
                person="",
            )


def security_test(
    project: Project,
    code: str,
    manifest: Manifest,
    person: str,
    platform: str,
    today: date,
    known: Iterable[WatchedDuty] = (),
) -> Iterator[WatchedDuty]:
    """The yearly prompt for a system in operation, where the bureau has set a day for it (Article 32 sets none).

    `known`: what is watched so far; last year's stays, for whoever was away over New Year.
    """
    on = day_of(manifest.rhythm.security_test, today.year)
    if on and project.state in TESTED:
        for each in known:
            if each.duty == "security_test" and of_year(each, today.year - 1):
                yield replace(each, person=person, platform=platform)
        yield WatchedDuty(
            project_code=code,
            key=f"security_test:{today.year}",
            duty="security_test",
            article=manifest.pack.prompts.get("security_test", ""),
            opens_on=on,
            due_on=None,
            overdue_after=None,
            anchored_on=None,
            role=Role.RESPONSIBLE,
            notice=True,
            platform=platform,
            person=person,
        )


def of_year(duty: WatchedDuty, year: int) -> bool:
    """Whether a duty's key names that year."""
    return duty.key.rpartition(":")[2] == str(year)


def day_of(month_day: str | None, year: int) -> date | None:
    """That day of the year; the last of the month where it has no such day."""
    if month_day is None:
        return None
    month, day = map(int, month_day.split("-"))
    return date(year, month, min(day, monthrange(year, month)[1]))


def _collection(manifest: Manifest, year: int) -> Iterator[WatchedDuty]:
    """The round of the year: opened, about to close, closing (Article 12). Its last day does not roll."""
    policy = manifest.book.policy
    opens, closes = day_of(policy.collection_opens, year), day_of(policy.collection_closes, year)
    if opens is None or not _applies(manifest, ROUND):
        return
    if closes and closes < opens:
        closes = day_of(policy.collection_closes, year + 1)
    article = manifest.pack.rules[ROUND].article
    yield _notice(manifest, f"collection_round:{year}", article, opens, closes, role=Role.DEPARTMENTS)


def _validity(manifest: Manifest, year: int) -> Iterator[WatchedDuty]:
    """A regulation that names no end is looked after every year (I-40); one that does, before its end."""
    until = manifest.valid_until
    if until is None:
        if on := day_of(manifest.rhythm.validity_check, year):
            yield _notice(
                manifest, f"validity_check:{year}", manifest.pack.prompts.get("validity", ""), opens_on=on
            )
    elif until.year == year:
        yield _notice(
            manifest, f"validity_end:{year}", manifest.pack.prompts.get("validity", ""), due_on=until
        )


def _notice(
    manifest: Manifest,
    key: str,
    article: str,
    opens_on: date | None = None,
    due_on: date | None = None,
    role: Role = Role.BUREAU,
) -> WatchedDuty:
    duty = key.partition(":")[0]
    platform = manifest.platform.name
    return WatchedDuty(COUNTY, key, duty, article, opens_on, due_on, due_on, None, role, True, platform, "")


def _applies(manifest: Manifest, code: str) -> bool:
    return manifest.pack.rules[code].effect is not Effect.OFF
