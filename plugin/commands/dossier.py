"""Everything of one project as one file, for the archive."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from forms.definition import load_forms
from plugin.active import ActiveManifest
from plugin.commands.common import DATA, MANIFEST, manifest_path, open_ledger, stop, unusable
from plugin.dossier import contents_of, kept_by, write_dossier


@click.command()
@DATA
@MANIFEST
@click.argument("code")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The zip to write.")
def dossier(data: Path, manifest: Path | None, code: str, output: Path) -> None:
    """Write everything of one project into one zip (Article 41): papers, verdicts, filings, post, audit, attachments."""
    if output.exists():
        stop(f"{output} 已存在，未改动。请换一个文件名。")
    with closing(open_ledger(data)) as ledger, unusable():
        while ledger.audit.seal():  # an archive's rows carry their hashes
            pass
        active = ActiveManifest(ledger, manifest_path(manifest).parent)()
        contents = contents_of(ledger, code)
        unfinished = output.with_name(output.name + ".part")
        try:
            with unfinished.open("wb") as out:
                hashes = write_dossier(
                    out,
                    contents,
                    load_forms(),
                    bureau=active.bureau,
                    cite=lambda reference: active.pack.shown(reference)[0],
                    source=kept_by(ledger),
                )
            unfinished.rename(output)
        except OSError:
            stop(f"无法写入 {output}，请核对目录、权限和磁盘空间。")
        finally:
            unfinished.unlink(missing_ok=True)
    click.echo(f"已写入 {output}：{len(contents.records)}份材料，{len(hashes)}个文件。")
