"""The zip: fixed times and no compression, so that the same contents are the same bytes whoever writes them, and when.

Files are written as they are made; each is hashed on its way, and the list of hashes comes last.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from hashlib import sha256
from typing import Any, BinaryIO
from urllib.parse import quote
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from forms.fields import FormDefinition
from plugin.dossier import sheets
from plugin.dossier.attachments import INCLUDED, Attachment, Source, attachments_of, fetched
from plugin.dossier.contents import Contents, Record
from plugin.dossier.names import safe_name
from plugin.dossier.sheets import Cite, Link, Table, page
from plugin.dossier.words import STATES, instant

BEGINNING = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can name
UNIX, PLAIN_FILE = 3, 0o100644 << 16
SUMS = "sha256sums"
FORMAT = 1
ARTICLE = "41"


@dataclass(slots=True)
class _Zip:
    """Writes one file after the other and remembers their hashes."""

    packed: ZipFile
    hashes: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, content: bytes) -> str:
        info = ZipInfo(name, BEGINNING)
        info.compress_type, info.create_system, info.external_attr = ZIP_STORED, UNIX, PLAIN_FILE
        self.packed.writestr(info, content)
        self.hashes[name] = sha256(content).hexdigest()
        return name

    def put_json(self, name: str, value: Any) -> str:
        text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True, default=_plain)
        return self.put(name, f"{text}\n".encode())

    def put_page(self, name: str, html: str) -> str:
        return self.put(name, html.encode())


def write_dossier(
    out: BinaryIO,
    contents: Contents,
    forms: Mapping[str, FormDefinition],
    *,
    bureau: str,
    cite: Cite,
    source: Source,
) -> dict[str, str]:
    """Write the zip into any file object, seekable or not. The hash of every file in it, by name."""
    with ZipFile(out, "w", ZIP_STORED) as packed:
        writer = _Writer(_Zip(packed), contents, forms, bureau, cite, source)
        writer.write()
        return writer.zip.hashes


@dataclass(slots=True)
class _Writer:
    zip: _Zip
    contents: Contents
    forms: Mapping[str, FormDefinition]
    bureau: str
    cite: Cite
    source: Source

    def write(self) -> None:
        attached = self._attachments()
        papers = [self._record(number, title, record) for number, title, record in self._titled()]
        lists = self._lists()
        index = {
            "format": FORMAT,
            "project": asdict(self.contents.project),
            "records": papers,
            "lists": lists,
            "attachments": attached,
        }
        self.zip.put_json("目录.json", index)
        self.zip.put_page("目录.html", self._index_page(papers, lists, attached))
        sums = "".join(f"{digest}  {name}\n" for name, digest in self.zip.hashes.items())
        self.zip.put(SUMS, sums.encode())

    def _titled(self) -> Iterator[tuple[int, str, Record]]:
        """Every record with its number and its title: 3, F09 合同备案."""
        for number, record in enumerate(self.contents.records, 1):
            form = self.forms.get(record.head.form)
            yield number, f"{form.code} {form.title}" if form else record.head.form, record

    def _record(self, number: int, title: str, record: Record) -> dict[str, Any]:
        form = self.forms.get(record.head.form)
        folder = f"材料/{number:03} {safe_name(title)}"
        versions = []
        for count, version in enumerate(record.versions, 1):
            body = {"version": asdict(version.saved), "verdicts": [asdict(each) for each in version.verdicts]}
            versions.append(
                {
                    "number": count,
                    "saved_at": version.saved.saved_at,
                    "kind": version.saved.kind,
                    "verdicts": len(version.verdicts),
                    "json": self.zip.put_json(f"{folder}/版本{count}.json", body),
                    "page": self.zip.put_page(
                        f"{folder}/版本{count}.html", sheets.version_page(record, version, count, form)
                    ),
                }
            )
        head = record.head
        return {
            "number": number,
            "title": title,
            "form": head.form,
            "record": f"{head.platform}:{head.record}",
            "saved_at": head.saved_at,
            "standing": head.standing,
            "said": sheets.standing_of(record),
            "as_it_stands": self.zip.put_json(f"{folder}/现状.json", asdict(head)),
            "versions": versions,
        }

    def _lists(self) -> dict[str, dict[str, Any]]:
        """Duties, filings, messages, audit: each as JSON and as a sheet."""
        filings = [row for row in self.contents.outgoing if row.kind == "filing"]
        messages = [row for row in self.contents.outgoing if row.kind != "filing"]
        made: tuple[tuple[str, Sequence[Any], str], ...] = (
            ("应办事项", self.contents.duties, sheets.duties_page(self.contents, self.cite)),
            ("备案和回执", filings, sheets.post_page("备案和回执", filings)),
            ("消息", messages, sheets.post_page("消息", messages)),
            ("提醒", self.contents.reminders, sheets.reminders_page(self.contents)),
            ("审计", [_audited(each) for each in self.contents.audit], sheets.audit_page(self.contents)),
        )
        return {
            name: {
                "count": len(rows),
                "json": self.zip.put_json(f"{name}/{name}.json", [_row(each) for each in rows]),
                "page": self.zip.put_page(f"{name}/{name}.html", html),
            }
            for name, rows, html in made
        }

    def _attachments(self) -> list[dict[str, Any]]:
        found = []
        for number, title, record in self._titled():
            for each in attachments_of(record, self.forms.get(record.head.form)):
                content, said = fetched(each, self.source)
                paper = f"{number:03} {title}"
                found.append(
                    {**asdict(each), "paper": paper, "said": said, "file": self._stored(each, content)}
                )
        return found

    def _stored(self, attachment: Attachment, content: bytes | None) -> str | None:
        """By its hash, with its name: the same file named twice is there once."""
        if content is None:
            return None
        name = f"附件/{sha256(content).hexdigest()} {safe_name(attachment.name)}"
        return name if name in self.zip.hashes else self.zip.put(name, content)

    def _index_page(
        self, papers: list[dict[str, Any]], lists: dict[str, dict[str, Any]], attached: list[dict[str, Any]]
    ) -> str:
        project = self.contents.project
        facts = [
            ("项目编码", project.code),
            ("项目名称", project.name),
            ("项目建设单位", project.unit),
            ("所处阶段", STATES.get(project.state, project.state)),
            ("管理部门", self.bureau),
            ("台账更新时间", instant(project.updated_at)),
        ]
        tables = [
            Table("材料", ("序号", "材料", "保存时间", "办理情况", "版本"), _paper_rows(papers)),
            Table("清单", ("清单", "条数"), [(_to(each["page"], name), str(each["count"])) for name, each in lists.items()]),
            Table("附件", ("附件", "所属材料", "情况"), [_attachment_row(each) for each in attached]),
        ]  # fmt: skip
        missing = sum(each["said"] != INCLUDED for each in attached)
        absent = f"有{missing}个附件没有收入，原件在平台上。" if missing else ""
        note = f"依据{self.cite(ARTICLE)}归档。{absent}全部文件的校验值见 {SUMS}，可用 sha256sum -c {SUMS} 核对。"
        return page(f"项目档案目录：{project.name}", facts, tables, note)


def _paper_rows(papers: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (
            str(each["number"]) if first else "",
            each["title"] if first else "",
            instant(version["saved_at"]),
            each["said"] if first else "",
            _to(version["page"], f"第{version['number']}版"),
        )
        for each in papers
        for first, version in ((version["number"] == 1, version) for version in each["versions"])
    ]


def _attachment_row(each: dict[str, Any]) -> tuple[Any, ...]:
    return (_to(each["file"], each["name"]) if each["file"] else each["name"], each["paper"], each["said"])


def _to(file: str, text: str) -> Link:
    return Link(text, quote(file))


def _row(value: Any) -> Any:
    return value if isinstance(value, dict) else asdict(value)


def _audited(each: Any) -> dict[str, Any]:
    return {**asdict(each.entry), "previous_hash": each.previous_hash}


def _plain(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(type(value).__name__)
