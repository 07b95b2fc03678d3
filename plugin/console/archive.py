"""The archive's zip of a project, out of the browser: the same bytes as `zhengxiang dossier` writes."""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import BinaryIO

from forms.definition import load_forms
from plugin.dossier import contents_of, kept_by, write_dossier
from plugin.ledger import Ledger
from plugin.manifest import Manifest

CHUNK = 64 * 1024


def zipped(ledger: Ledger, code: str, manifest: Manifest) -> Iterator[bytes]:
    """The whole zip, written before its first piece leaves. Raises NothingToArchive."""
    while ledger.audit.seal():  # an archive's rows carry their hashes
        pass
    contents = contents_of(ledger, code)
    file = TemporaryFile(dir=ledger.path.parent)  # noqa: SIM115 - closed with the last piece; it has no name
    write_dossier(
        file,
        contents,
        load_forms(),
        bureau=manifest.bureau,
        cite=lambda reference: manifest.pack.shown(reference)[0],
        source=kept_by(ledger),
    )
    file.seek(0)
    return _pieces(file)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while piece := file.read(CHUNK):
            yield piece
