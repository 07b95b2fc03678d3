"""The lists: filtered, searched, sorted, page by page, saved under a name, and out as a workbook or CSV."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from urllib.parse import parse_qsl, quote

from flask import (
    Blueprint,
    Response,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from plugin.clock import SHANGHAI
from plugin.console import export, scope
from plugin.console.asked import Asked, as_key, asked
from plugin.console.auditing import chain
from plugin.console.listing import Row, Spec
from plugin.console.lists import SPECS
from plugin.console.parts import ledger, now, parts, person, today

bp = Blueprint("lists", __name__)
NAMES = "<any(projects, submissions, obligations, filings, messages):name>"
OWN = ("deliveries", "audit")  # with an endpoint of their own: not everybody who sees projects sees them
MOST_VIEWS = 30
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@bp.get(f"/{NAMES}")
def show(name: str) -> str:
    return _page(SPECS[name])


@bp.get("/deliveries")
def deliveries() -> str:
    return _page(SPECS["deliveries"])


@bp.get("/audit")
def audit() -> str:
    return _page(SPECS["audit"], chain())


@bp.get(f"/{NAMES}.<any(xlsx, csv):kind>", endpoint="export")
def export_list(name: str, kind: str) -> ResponseReturnValue:
    return _exported(SPECS[name], kind)


@bp.get("/deliveries.<any(xlsx, csv):kind>")
def export_deliveries(kind: str) -> ResponseReturnValue:
    return _exported(SPECS["deliveries"], kind)


@bp.get("/audit.<any(xlsx, csv):kind>")
def export_audit(kind: str) -> ResponseReturnValue:
    return _exported(SPECS["audit"], kind)


@bp.post(f"/{NAMES}/views")
def save_view(name: str) -> ResponseReturnValue:
    """Keep the present filters under a name of one's own."""
    title = request.form.get("name", "").strip()[:40]
    if not title or len(ledger().people.views(person(), name)) >= MOST_VIEWS:
        flash(f"没有保存：请填写名称；每个列表最多保存{MOST_VIEWS}个视图。")
        return redirect(url_for(".show", name=name))
    wanted = asked(SPECS[name], dict(parse_qsl(request.form.get("query", ""))), today(), None)
    ledger().people.save_view(person(), name, title, wanted.address(), now())
    flash(f"已保存视图“{title}”。")
    return redirect(f"{url_for('.show', name=name)}?{wanted.address()}")


@bp.post(f"/{NAMES}/views/<int:id>/drop")
def drop_view(name: str, id: int) -> ResponseReturnValue:
    ledger().people.drop_view(person(), id)
    flash("视图已删除。")
    return redirect(url_for(".show", name=name))


def _asked(spec: Spec) -> Asked:
    return asked(spec, request.args, today(), scope.unit())


def _page(spec: Spec, said: tuple[str, str] | None = None) -> str:
    """`said`: the tone and words of a line above the list."""
    wanted = _asked(spec)
    with ledger().read():
        page, count = ledger().lists.page(wanted.query), ledger().lists.count(wanted.query)
    return render_template(
        "list.html", spec=spec, asked=wanted, page=page, count=count, today=today(),
        previous=as_key(page.previous), next=as_key(page.next), views=ledger().people.views(person(), spec.name),
        filters=[each for each in spec.filters if not (each.name == "unit" and wanted.query.unit)],
        pack=parts().manifest().pack, said=said, keeps_views=spec.name not in OWN,
        base=url_for(f".{spec.name}") if spec.name in OWN else url_for(".show", name=spec.name),
    )  # fmt: skip


def _exported(spec: Spec, kind: str) -> ResponseReturnValue:
    """The whole list as it is filtered and sorted, up to MOST rows."""
    wanted = _asked(spec)
    return sent(spec, ledger().lists.every(wanted.query, export.MOST + 1), kind, sorted(wanted.query.filters))


def sent(spec: Spec, rows: Iterable[Row], kind: str, filters: list[str]) -> ResponseReturnValue:
    """A list as a workbook or CSV, put on record. All rows are of one moment: none is lost that changes meanwhile."""
    at = now()
    name = f"{spec.title}{at.astimezone(SHANGHAI):%Y%m%d-%H%M}"
    detail = {"kind": kind, "filters": filters}
    ledger().audit.append(at, person().login, "console.exported", f"list:{spec.name}", detail)
    folder = ledger().path.parent
    if kind == "csv":
        pieces = export.as_csv(spec, rows)
    else:
        pieces = export.as_workbook(spec, rows, _heading(spec, at), parts().manifest().pack, folder)
    whole = export.on_disk(pieces, folder)
    with ledger().read():
        next(whole)
    disposition = f"attachment; filename*=UTF-8''{quote(f'{name}.{kind}')}"
    return Response(whole, content_type=TYPES[kind], headers={"Content-Disposition": disposition})


def _heading(spec: Spec, at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return f"{parts().manifest().bureau} {spec.title}，{local:%Y-%m-%d %H:%M}导出，{person().name}"
