"""The command `zhengxiang`. Exit status: 0 done, 1 the answer is no, 2 the input is not usable."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import click

from forms.definition import load_forms
from forms.render import field_list, json_schema
from plugin import manifest as manifests
from plugin.active import ActiveManifest, NothingApplied
from plugin.assess import assess_lines, is_error
from plugin.bureau import Override, attached, offline_intake, overridden
from plugin.clock import SHANGHAI, shanghai_day
from plugin.errors import PluginError
from plugin.explain import NothingKnown
from plugin.explain import explain as explanation
from plugin.ledger import Ledger, LedgerError
from plugin.logs import configure
from plugin.manifest import Manifest, ManifestInvalid

DATA = click.option(
    "--data", type=click.Path(path_type=Path), envvar="ZHENGXIANG_DATA", default=Path("data"), show_default=True,
    help="Folder of the ledger.",
)  # fmt: skip
MANIFEST = click.option(
    "--manifest", type=click.Path(path_type=Path), help="Else ZHENGXIANG_MANIFEST, else ./manifest.yaml."
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="zhengxiang")
def main() -> None:
    """政项: judges, records and files a county's government IT projects by its regulation."""


@main.command()
@MANIFEST
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
def check(manifest: Path | None, style: str) -> None:
    """Check manifest.yaml: all mistakes at once, each with its line and its cure."""
    report = manifests.check(_path(manifest), os.environ, shanghai_day(datetime.now(UTC)))
    click.echo(report.as_json() if style == "json" else report.as_text())
    sys.exit(report.exit_code)


@main.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path("manifest.yaml"))
def init(path: Path) -> None:
    """Write a commented starter manifest."""
    if path.exists():
        stop(f"{path} 已存在，未改动。请换一个文件名，或先移走原文件。")
    path.write_text(manifests.starter_text(), encoding="utf-8")
    click.echo(f"已写入 {path}。请按注释填写，然后运行 zhengxiang check。")


@main.command()
@MANIFEST
@DATA
@click.option("--by", required=True, help="Who applies it: goes into the audit trail.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def apply(manifest: Path | None, data: Path, by: str, yes: bool) -> None:
    """Show what the manifest would change, then make it the version in force."""
    path = _path(manifest)
    wanted = _load(path)
    with closing(open_ledger(data)) as ledger:
        for line in _changes(ledger, wanted, path.parent):
            click.echo(line)
        if not yes:
            click.confirm("应用以上改动？", abort=True)
        changed = ledger.manifests.apply(wanted.version, wanted.text, by, datetime.now(UTC))
    click.echo(f"版本 {wanted.version} {'已生效' if changed else '原已生效，无改动'}。")


def _changes(ledger: Ledger, wanted: Manifest, base: Path) -> list[str]:
    try:
        return manifests.diff(ActiveManifest(ledger, base)(), wanted) or ["与生效版本没有差别。"]
    except NothingApplied:
        return ["首次应用：此前没有生效的参数文件。"]


@main.group()
def forms() -> None:
    """The forms of the regulation."""


@forms.command()
@click.argument("name", required=False)
@click.option(
    "--format", "style", type=click.Choice(["fields", "json-schema"]), default="fields", show_default=True
)
def render(name: str | None, style: str) -> None:
    """Print a form as a field list to create it by hand, or as JSON Schema. Without a name: list the forms."""
    known = load_forms()
    if name is None:
        for form in known.values():
            click.echo(f"{form.code}  {form.name:<26} {form.title}")
        return
    if name not in known:
        stop(f"没有名为“{name}”的表单。运行 zhengxiang forms render 可列出全部表单。")
    form = known[name]
    click.echo(field_list(form) if style == "fields" else _json(json_schema(form)))


@main.command()
@MANIFEST
@click.option(
    "--on",
    "today",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which acts without a day of their own happen.",
)
def assess(manifest: Path | None, today: datetime | None) -> None:
    """Judge JSON Lines from standard input: one verdict a line out. Exit 2 if a line was not usable."""
    active = _load(_path(manifest))
    day = today.date() if today else shanghai_day(datetime.now(UTC))
    unusable = False
    for answer in assess_lines(sys.stdin.buffer, active.book, day, active.classified_guidance):
        unusable |= is_error(answer)
        click.echo(answer)
    sys.exit(2 if unusable else 0)


@main.command()
@DATA
@MANIFEST
@click.argument("record")
@click.argument("rule")
@click.option("--by", required=True, help="The authorised person.")
@click.option("--reason", required=True, help="Why: recorded for good.")
@click.option("--platform", default="standard", show_default=True)
def override(
    data: Path, manifest: Path | None, record: str, rule: str, by: str, reason: str, platform: str
) -> None:
    """Let one 原则上 rule through for one record (待核准): who, when and why are kept."""
    with closing(open_ledger(data)) as ledger, unusable():
        intake = offline_intake(ledger, _path(manifest).parent)
        overridden(intake, Override(platform, record, rule, by, reason), datetime.now(UTC))
    click.echo(f"已核准：{record} 的规则 {rule}。")


@main.command()
@DATA
@MANIFEST
@click.argument("record")
@click.argument("project_code")
@click.option("--by", required=True)
@click.option("--platform", default="standard", show_default=True)
def attach(data: Path, manifest: Path | None, record: str, project_code: str, by: str, platform: str) -> None:
    """Attach a record whose project code is unknown to a project of the ledger."""
    with closing(open_ledger(data)) as ledger, unusable():
        attached(
            offline_intake(ledger, _path(manifest).parent),
            platform,
            record,
            project_code,
            by,
            datetime.now(UTC),
        )
    click.echo(f"已关联：{record} 归入 {project_code}。")


@main.command()
@MANIFEST
@click.argument("code_or_article")
def explain(manifest: Path | None, code_or_article: str) -> None:
    """Say what a rule or an article (39, 39(1), 第三十九条第一款) asks, in the law's words and ours."""
    try:
        click.echo(explanation(code_or_article, _load(_path(manifest)).book))
    except NothingKnown as error:
        stop(str(error))


@main.command()
@MANIFEST
@DATA
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=8700, show_default=True)
def serve(manifest: Path | None, data: Path, host: str, port: int) -> None:
    """Run the receiver. A ledger that has no manifest yet takes the file's."""
    from plugin.serving import run_web  # noqa: PLC0415 - the other commands need no web server

    configure()
    path = _path(manifest)
    with unusable():
        run_web(data, _load(path), path.parent, host, port)


@main.command()
@MANIFEST
@DATA
def jobs(manifest: Path | None, data: Path) -> None:
    """Run the timetable: take submissions, write back, remind, file. Any number of processes may run it."""
    from plugin.serving import run_jobs  # noqa: PLC0415 - as above

    configure()
    path = _path(manifest)
    with unusable():
        run_jobs(data, _load(path), path.parent)


@main.command()
@click.option("--data", type=click.Path(path_type=Path), default=Path("data/demo"), show_default=True)
@click.option(
    "--port",
    type=int,
    default=8700,
    show_default=True,
    help="The two after it serve platform and life-cycle system.",
)
@click.option(
    "--now",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    help="Start the clock at this moment (Shanghai).",
)
@click.option("--once", is_flag=True, help="Play a scripted round over HTTP, print what happened, stop.")
def demo(data: Path, port: int, now: datetime | None, once: bool) -> None:
    """Everything on this machine: plugin, a stand-in platform, a stand-in life-cycle system."""
    from plugin.demo import play_once, run  # noqa: PLC0415 - as above

    configure()
    start = now.replace(tzinfo=SHANGHAI) if now else None
    sys.exit(play_once(data, start) if once else run(data, port, start))


def open_ledger(data: Path) -> Ledger:
    """The ledger in that folder, made if it is not there."""
    data.mkdir(parents=True, exist_ok=True)
    with unusable():
        return Ledger.open(data / "ledger.db")


@contextmanager
def unusable() -> Iterator[None]:
    """What stops us before anything was done: its Chinese sentence on standard error, exit status 2."""
    try:
        yield
    except (LedgerError, PluginError) as error:
        stop(str(error))


def _path(option: Path | None) -> Path:
    try:
        return manifests.find_manifest(option, os.environ, Path.cwd())
    except PluginError as error:
        stop(str(error))


def _load(path: Path) -> Manifest:
    try:
        return manifests.load_manifest(path, os.environ)
    except ManifestInvalid as error:
        stop("\n".join(str(each) for each in error.problems))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def stop(message: str) -> NoReturn:
    """Not usable: say why on standard error."""
    click.echo(message, err=True)
    sys.exit(2)


if __name__ == "__main__":
    main()
