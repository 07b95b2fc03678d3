"""Which papers a project needs, who consents, and where a paper goes next (Articles 2, 6, 14, 18, 20, 25, 26, 38, 39, 49)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from plugin.regulation import stages as at
from plugin.regulation.adjusting import approval_grounds
from plugin.regulation.checks import (
    builds,
    is_high_value,
    needs_a_study,
    needs_superior_review,
    reaches_procurement_limit,
    review_settled,
    threshold_yuan,
)
from plugin.regulation.filings import ABOVE, AUTHORITY
from plugin.regulation.general import ASKED_LATER
from plugin.regulation.law import Law
from plugin.regulation.oversight import overdue
from plugin.regulation.pack import Paper
from plugin.regulation.project import Project
from plugin.regulation.similarity import split_group
from plugin.regulation.verdict import Route

BUREAU, POLICE = "data_bureau", "public_security"
SUPPLEMENT_CHAIN = (BUREAU, "expert_panel", *ABOVE, "county_government", BUREAU)
APPROVAL_PAPERS = (at.PROPOSAL, at.FEASIBILITY, at.DESIGN, at.SCHEME)


def approval_route(project: Project, law: Law) -> Route:
    """The papers and superior reviews of a project of this kind and amount. Raises `LimitMissing`: nobody guesses a limit."""
    papers, review = tabled(project, law)
    high = is_high_value(project, law)
    if not project.planned and not project.supplemented and high and builds(project, law):
        papers = (at.PROPOSAL, *papers)  # I-55
    if review_settled(project, law) or project.substance in law.readings.superior_review_exclude_kinds:
        review = ()
    return Route(
        papers=papers,
        not_required=tuple(paper for paper in APPROVAL_PAPERS if paper not in papers),
        superior_review=review,
    )


def tabled(project: Project, law: Law) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The row of the pack's table that holds kind and amount."""
    amount = threshold_yuan(project, law)
    for row in law.pack.routes:
        if project.substance not in row.kinds:
            continue
        bounded = row.floor or row.ceiling
        if not bounded or (amount is not None and _within(amount, row, law)):
            return row.papers, row.superior_review
    return (), ()


def _within(amount: Decimal, row: Paper, law: Law) -> bool:
    above = row.floor is None or _reaches(amount, row.floor, law, included=row.floor_included)
    return above and (
        row.ceiling is None or not _reaches(amount, row.ceiling, law, included=not row.ceiling_included)
    )


def _reaches(amount: Decimal, limit: str, law: Law, *, included: bool) -> bool:
    if limit == "decentralised_procurement_yuan":
        return reaches_procurement_limit(amount, law)  # the register says on which side the limit itself lies
    line = law.limits.yuan(limit)
    return amount >= line if included else amount > line


def _dossier(project: Project, law: Law) -> Route | None:
    """High value goes up to city and province, unless they have seen it as a supplement."""
    if not builds(project, law):
        return Route(next_form=at.OM_FUND)
    if not needs_superior_review(project, law) or review_settled(project, law):
        return None
    return Route(superior_review=ABOVE, route_to=ABOVE)


def _proposal(project: Project, law: Law) -> Route | None:
    if not project.planned and is_high_value(project, law):
        return Route(route_to=(BUREAU,), result_document="project_proposal_reply")
    papers = approval_route(project, law).papers
    return Route(papers=papers, next_form=next((each for each in papers if each != at.PROPOSAL), at.OM_FUND))


def _scheme(project: Project, law: Law) -> Route | None:
    if project.by_reference:
        return None if project.scheme_reviewed else Route(route_to=(BUREAU,))
    if needs_a_study(project, law):
        return Route(next_form=at.FEASIBILITY)
    return _dossier(project, law)


def _supplement(project: Project, law: Law) -> Route:
    exempt = project.is_maintenance and law.readings.supplement_om_exempt
    if not is_high_value(project, law) or exempt:
        return Route(route_to=(BUREAU,))
    return Route(superior_review=ABOVE, route_to=SUPPLEMENT_CHAIN, result_document="project_proposal_reply")


def _adjustment(project: Project, law: Law) -> Route:
    """By itself, or to the approval department; growth past the high-value limit goes up as well (I-49)."""
    grows = grown_past_the_limit(project, law)
    if not grows and not any(approval_grounds(project, law)):
        return Route()
    return Route(route_to=(AUTHORITY,), superior_review=ABOVE if grows else ())


def grown_past_the_limit(project: Project, law: Law) -> bool:
    before = project.approved_estimate_yuan or project.investment_yuan
    if not law.readings.joint_review_on_growth or project.new_total_yuan is None or before is None:
        return False
    after = replace(project, total_investment_yuan=project.new_total_yuan, county_portion_yuan=None)
    was = replace(project, total_investment_yuan=before)
    return needs_superior_review(after, law) and not is_high_value(was, law)


def _extension(project: Project, _law: Law) -> Route | None:
    return None if project.extension_decision else Route(route_to=(AUTHORITY,))


def _rectification(project: Project, _law: Law) -> Route | None:
    """Unverified: to the bureau. Still not compliant: to the approval department, which decides."""
    verified = project.rectification_verification
    return None if verified == "compliant" else Route(route_to=(AUTHORITY,) if verified else (BUREAU,))


def _tick(project: Project, law: Law) -> Route | None:
    return Route(route_to=(AUTHORITY,)) if overdue(project, law) else None


def _split(project: Project, law: Law) -> Route | None:
    return Route(route_to=(BUREAU,)) if split_group(project.declarations, law) else None


def _platform_exception(project: Project, _law: Law) -> Route | None:
    return Route(route_to=(BUREAU,)) if project.platform_exception_granted is None else None


def _no_sharing(project: Project, _law: Law) -> Route | None:
    return None if project.no_sharing_approved else Route(route_to=(BUREAU, "county_government"))


def _preview(project: Project, law: Law) -> Route | None:
    """The bureau first; county money at high value goes up to city and province too (I-37)."""
    review = ABOVE if needs_superior_review(project, law) else ()
    to = () if project.bureau_preview else (BUREAU,)
    return Route(superior_review=review, route_to=(*to, *review))


def _om_fund(project: Project, _law: Law) -> Route | None:
    """What nobody has confirmed yet, the bureau looks at: not known is not met."""
    known = (project.sharing_ok, project.crypto_ok, project.security_ok)
    return Route(route_to=(BUREAU,)) if None in known else None


ROUTES: Mapping[str, Callable[[Project, Law], Route | None]] = {
    at.ROUTE: approval_route,
    at.SUPPLEMENT: _supplement,
    at.PROPOSAL: _proposal,
    at.FEASIBILITY: _dossier,
    at.DESIGN: _dossier,
    at.MERGED: _dossier,
    at.SCHEME: _scheme,
    at.ADJUSTMENT: _adjustment,
    at.EXTENSION: _extension,
    at.RECTIFICATION: _rectification,
    at.TICK: _tick,
    at.SPLIT: _split,
    at.PLATFORM_EXCEPTION: _platform_exception,
    at.NO_SHARING: _no_sharing,
    at.PREVIEW: _preview,
    at.OM_FUND: _om_fund,
}


def route_of(stage: str, project: Project, law: Law) -> Route | None:
    """Where the paper goes. The police are told of public video at the unit's own papers (Article 6)."""
    route = ROUTES[stage](project, law) if stage in ROUTES else None
    told = any(each.get("step") == stage for each in project.video_opinions)
    if project.public_video_surveillance and stage in ASKED_LATER and not told:
        route = route or Route()
        route = replace(route, route_to=(*route.route_to, POLICE))
    return route
