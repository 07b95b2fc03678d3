"""The bureau's running projects: the template, the check, the import."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click

from forms.definition import load_forms
from plugin.bureau import offline_intake
from plugin.clock import shanghai_day
from plugin.commands.common import DATA, MANIFEST, load, manifest_path, open_ledger, stop, unusable
from plugin.importing.entering import import_file
from plugin.importing.report import lines
from plugin.importing.template import template_of
from plugin.regulation.stages import EXISTING


@click.command("import")
@DATA
@MANIFEST
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--template", type=click.Path(path_type=Path), help="Write the template there, import nothing.")
@click.option("--check", "only_check", is_flag=True, help="Only report what an import would do.")
@click.option("--by", help="Who imports: goes into the audit trail.")
def import_projects(
    data: Path,
    manifest: Path | None,
    file: Path | None,
    template: Path | None,
    only_check: bool,
    by: str | None,
) -> None:
    """Take the bureau's running projects from an xlsx file, whole or not at all. Exit 1 if there is something to mend."""
    if template is not None:
        _write_template(template, manifest)
        return
    if file is None:
        stop("请写明要导入的文件；还没有模板的，用 zhengxiang import --template 项目台账.xlsx 生成。")
    if not only_check and not by:
        stop("正式导入须用 --by 写明由谁导入；只检查不写入的，加 --check。")
    with closing(open_ledger(data)) as ledger, unusable():
        intake = offline_intake(ledger, manifest_path(manifest).parent)
        content = _content(file, intake.manifest().limits_technical.xlsx_packed_bytes)
        done = import_file(intake, content, by or "", datetime.now(UTC), keep=not only_check)
        for line in lines(done, intake.manifest().pack.cite):
            click.echo(line)
    sys.exit(1 if done.problems else 0)


def _content(file: Path, most: int) -> bytes:
    """No more than shows that the file is too large."""
    try:
        with file.open("rb") as opened:
            return opened.read(most + 1)
    except OSError:
        stop(f"无法读取 {file}，请核对文件名和权限。")


def _write_template(path: Path, manifest: Path | None) -> None:
    pack = load(manifest_path(manifest)).pack
    try:
        with path.open("xb") as out:
            out.write(template_of(load_forms()[EXISTING], pack, shanghai_day(datetime.now(UTC))))
    except FileExistsError:
        stop(f"{path} 已存在，未改动。请换一个文件名。")
    except OSError:
        stop(f"无法写入 {path}，请核对目录和权限。")
    click.echo(f"已写入 {path}。填好后先运行 zhengxiang import {path} --check。")
