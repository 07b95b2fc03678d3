"""For whoever keeps it running: what came and was refused, dead letters, jobs, ways out, calendar, keys."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from plugin.comparing import LABELS
from plugin.console.contract import described
from plugin.console.counted import counter
from plugin.console.parts import ledger, now, parts, person, today
from plugin.console.security import LINK_ENV, SESSION_ENV, Keys
from plugin.letters import NoSuchLetter, dead_letters
from plugin.letters import replay as again
from plugin.manifest import Manifest, SecretsUnreadable, secrets_of
from plugin.manifest.model import HasSecrets
from plugin.openapi import openapi_text

bp = Blueprint("operations", __name__)
LATE_FACTOR, LATE_S = 3, 120  # a job is late after so many of its periods, but never sooner than this
OLD_KEY_DAYS = 365
CHANNELS = {"writeback": "平台", "message": "平台", "reminder": "平台或邮件", "filing": "全生命周期管理系统"}
MOST_DEAD = 200
ROUND = "reconcile"  # the nightly comparison, as jobs/reconciling.py names it


@bp.get("/operations")
def show() -> str:
    at, manifest = now(), parts().manifest()
    years, inbox = manifest.book.calendar.years, ledger().inbox.counts()
    return render_template(
        "operations.html",
        counts=sorted(parts().counts.items()),
        counter=counter,
        inbox=inbox,
        dead=inbox["dead"] + ledger().outbox.dead_count(),
        quarantined=ledger().inbox.quarantined(20),
        letters=list(islice(dead_letters(ledger()), MOST_DEAD)),
        compared=ledger().rounds.last(ROUND),
        differences=[each for each in ledger().differences.open() if each.for_person][:MOST_DEAD],
        labels=LABELS,
        ticks=[(tick, (at - tick.at).total_seconds()) for tick in ledger().overview.ticks()],
        late=lambda tick, age: age > max(tick.every_s * LATE_FACTOR, LATE_S),
        channels=[(CHANNELS[each.kind], each) for each in ledger().overview.channels(tuple(CHANNELS), at)],
        years=sorted(years)[-4:],
        missing_years=[year for year in (today().year, today().year + 1) if year not in years],
        keys=[_key(label, settings) for label, settings in _keys(manifest)],
        manifests=ledger().manifests.history(10),
        backups=ledger().backups()[-5:],
    )


@bp.post("/operations/dead/<no>/replay")
def replay(no: str) -> ResponseReturnValue:
    try:
        again(ledger(), no, now(), person().login)
    except NoSuchLetter as error:
        flash(str(error))
    else:
        flash("已重新排队，后台任务会再次办理。")
    return redirect(url_for("console.operations.show"))


@bp.get("/operations/interface")
def interface() -> str:
    """What platforms call, readable without any other site."""
    return render_template("interface.html", **described(openapi_text()))


def _keys(manifest: Manifest) -> tuple[tuple[str, HasSecrets], ...]:
    return (
        ("平台来往", manifest.platform),
        ("全生命周期管理系统", manifest.lifecycle),
        ("控制台会话", Keys(SESSION_ENV)),
        ("平台单点登录", Keys(LINK_ENV)),
    )


def _key(label: str, settings: HasSecrets) -> dict[str, Any]:
    """How many keys there are and how old their file is; nothing of the keys themselves."""
    environ, name = parts().environ, settings.secret_env
    try:
        found, problem = len(secrets_of(settings, environ)), ""
    except SecretsUnreadable as error:
        found, problem = 0, str(error)
    path = environ.get(f"{name}_FILE")
    made = _changed_at(Path(path)) if path else None
    days = (now() - made).days if made else None
    return {
        "label": label,
        "name": name,
        "found": found,
        "days": days,
        "old": (days or 0) > OLD_KEY_DAYS,
        "problem": problem,
    }


def _changed_at(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None
