"""Due days as a calendar that a mail program subscribes to: whoever has the link may read it, until it is revoked."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from plugin.feeds import calendar_of, tag_of
from plugin.intake import Intake
from plugin.ledger import LedgerUnavailable
from webhooks.routes import ledger_unavailable, problem

bp = Blueprint("feeds", __name__)
bp.register_error_handler(LedgerUnavailable, ledger_unavailable)


@bp.get("/calendar/<token>.ics")
def feed(token: str) -> Response:
    """The open duties behind this link; 304 where the program has them already; 404 for any link that is not in use."""
    intake: Intake = current_app.extensions["receiver"].intake
    ledger, manifest = intake.ledger, intake.manifest()
    with ledger.read():
        found = ledger.feeds.find(token)
        if found is None:
            return problem(
                404, "CALENDAR_UNKNOWN", "没有这个日历，或者它的链接已经撤销。请向数据资源局索取新的链接。"
            )
        unit = found.unit and manifest.unit_name(found.unit)
        duties, changed_at, active = (
            ledger.feeds.duties(unit),
            ledger.feeds.changed_at(unit),
            ledger.manifests.active(),
        )
    title = f"政项期限：{unit or manifest.bureau}"
    reply = Response(content_type="text/calendar; charset=utf-8")
    reply.set_etag(tag_of(duties, manifest, title))
    reply.last_modified = max(filter(None, (changed_at, active and active.applied_at)), default=None)
    reply.headers["Cache-Control"] = "private, no-cache"  # ask every time: a revoked link must stop at once
    reply.headers["X-Content-Type-Options"] = "nosniff"
    reply.make_conditional(request)
    if reply.status_code == 200:
        reply.set_data(calendar_of(duties, manifest, title))
    return reply
