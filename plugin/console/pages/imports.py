"""Projects that are already running, from a spreadsheet: the template, a check that writes nothing, the import of what it showed.

Between the two the file lies nowhere here. It goes back inside the page to who sent it, and comes again with the button;
only a file in which every row is declared unclassified goes back at all.
"""

from __future__ import annotations

import binascii
import threading
from base64 import b64decode, b64encode
from dataclasses import replace
from urllib.parse import quote

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from forms.definition import load_forms
from plugin.console.pages.lists import TYPES
from plugin.console.parts import ledger, now, parts, person, today
from plugin.importing import report
from plugin.importing.entering import CHANGED, NEW, Import, NotTaken, import_file, purge
from plugin.importing.sheet import SheetUnusable
from plugin.importing.template import template_of
from plugin.ledger import IMPORTED
from plugin.manifest import TechnicalLimits
from plugin.regulation.stages import EXISTING

bp = Blueprint("imports", __name__)
LARGEST_FILE = 1024 * 1024  # carried in a page it is a third larger
MOST_UNPACKED = 20 * 1024 * 1024
MOST_ROWS = 500  # a second or two with the ledger's write lock, of the five that others wait
MOST_MISTAKES = 1000  # on one page
ONE_AT_A_TIME = threading.Lock()  # the threads are for those who file
PATIENCE_S = 20.0
CHECK, IMPORT, PURGE = "check", "import", "purge"
TONES = {NEW: "good", CHANGED: "wait"}
TOO_LARGE = f"最大{LARGEST_FILE // 1024}KB，约{MOST_ROWS}个项目。没有导入。请删去无关的工作表和图片，或者分几个文件导入。"


@bp.get("/import")
def ask() -> ResponseReturnValue:
    return _page()


@bp.get("/import.xlsx")
def template() -> Response:
    """The same workbook as `zhengxiang import --template` writes."""
    content = template_of(load_forms()[EXISTING], parts().manifest().pack, today())
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote('项目台账.xlsx')}"}
    return Response(content, content_type=TYPES["xlsx"], headers=headers)


@bp.post("/import")
def take() -> ResponseReturnValue:
    """Check the file that was chosen, import the one that was checked, or purge what it says is classified."""
    wanted = request.form.get("do", CHECK)
    if wanted == PURGE:
        return _purged()
    data = _carried() if wanted == IMPORT else _chosen()
    if not data:
        return _page(problem="没有收到文件，请选择文件后再核对。")
    try:
        done = _alone(data, keep=wanted == IMPORT)
    except (SheetUnusable, NotTaken) as error:
        return _page(problem=str(error))
    return _page(done, data, moved=wanted == IMPORT and not done.kept)


@bp.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    return render_template("error.html", title="文件过大", text=TOO_LARGE), 413


def _chosen() -> bytes:
    """The file from the person's disk. Its name may say more than it should: it is not looked at."""
    file = request.files.get("file")
    return file.read() if file else b""


def _carried() -> bytes:
    """The file as the page carried it."""
    try:
        return b64decode(request.form.get("content", ""), validate=True)
    except binascii.Error:
        return b""


def _alone(data: bytes, *, keep: bool) -> Import:
    """One file at a time. What is to be kept is what the person has seen."""
    if not ONE_AT_A_TIME.acquire(timeout=PATIENCE_S):
        abort(503)
    try:
        intake, seen = parts().intake, request.form.get("seen")
        return import_file(
            intake, data, person().login, now(), keep=keep, agreed=lambda found: _seen(found) == seen, limits=_limits()
        )  # fmt: skip
    finally:
        ONE_AT_A_TIME.release()


def _seen(done: Import) -> str:
    return report.stamp_of(done, parts().manifest().pack.cite)


def _limits() -> TechnicalLimits:
    """Those of the manifest, and what a page can carry."""
    limits: TechnicalLimits = parts().manifest().limits_technical
    return replace(
        limits,
        xlsx_packed_bytes=min(limits.xlsx_packed_bytes, LARGEST_FILE),
        xlsx_unpacked_bytes=min(limits.xlsx_unpacked_bytes, MOST_UNPACKED),
        xlsx_rows=min(limits.xlsx_rows, MOST_ROWS),
    )


def _purged() -> ResponseReturnValue:
    """What an earlier import brought in, and the file says is classified now. Not to be undone: asked for expressly."""
    named = request.form.getlist("record")[:MOST_ROWS]
    records = [each for each in named if ledger().submissions.head(IMPORTED, each)]
    if not request.form.get("sure") or not records:
        flash("没有清除：请重新核对文件，确认后再清除。")
        return redirect(url_for(".ask"))
    purge(parts().intake, records, now())
    ledger().audit.append(now(), person().login, "projects.purged", "import", {"count": len(records)})
    flash(
        f"已清除{len(records)}个项目以前登记的内容。此前所做的备份请另行销毁；请从文件中删除这些行，再核对。"
    )
    return redirect(url_for(".ask"))


def _page(
    done: Import | None = None, data: bytes = b"", *, problem: str | None = None, moved: bool = False
) -> ResponseReturnValue:
    """`moved`: the ledger is no longer as it was when the file was checked."""
    manifest = parts().manifest()
    good = done is not None and not done.problems and not done.kept
    status = 422 if problem or (done and done.problems) else 200
    return (
        render_template(
            "import.html", done=done, problem=problem, moved=moved, report=report, pack=manifest.pack, tones=TONES,
            changes=done.count(NEW) + done.count(CHANGED) if done else 0, most=MOST_MISTAKES, limits=_limits(),
            content=b64encode(data).decode() if good else "", seen=_seen(done) if done and good else "",
        ),
        status,
    )  # fmt: skip
