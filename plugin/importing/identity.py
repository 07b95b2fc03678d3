"""Which project a row is about: by its code, else by unit, name and plan year. Nothing is matched that could be another one."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from plugin.importing.problems import Problem
from plugin.importing.reading import Row
from plugin.ledger import IMPORTED, Ledger, Submission
from plugin.manifest import Manifest
from plugin.regulation.stages import EXISTING

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)  # what may stand in the key of a filing
LEAVE_EMPTY = "新登记的项目请把“项目编码”留空，由系统编发。"
Name = tuple[str, str]  # of the unit and of the project
Key = tuple[str, str, int | None]  # the same with the plan year: maintenance has one name every year


@dataclass(frozen=True, slots=True)
class Identified:
    """The rows with their projects' codes, `None` for one that gets its code when it is entered."""

    codes: dict[int, str | None] = field(default_factory=dict)  # by the row's number
    problems: list[Problem] = field(default_factory=list)
    hints: dict[int, str] = field(default_factory=dict)


class Identity:
    """What the ledger holds when the file comes in."""

    def __init__(self, ledger: Ledger, manifest: Manifest) -> None:
        self._ledger, self._manifest = ledger, manifest
        self._imported: dict[Name, list[Submission]] = defaultdict(list)
        self._elsewhere: dict[str, Submission] = {}  # entered on a platform, by code
        self._founded: dict[Name, list[str]] = defaultdict(list)  # by papers: their codes
        imported: set[str] = set()
        for head in ledger.submissions.taken_of_form(EXISTING):
            if head.platform == IMPORTED:
                imported.add(head.record)
                self._imported[self.key_of(Row(0, head.values))[:2]].append(head)
            elif head.project_code:
                self._elsewhere[head.project_code] = head
        for project in ledger.projects.list():
            if project.code not in imported:
                self._founded[manifest.unit_name(project.unit), project.name].append(project.code)

    def key_of(self, row: Row) -> Key:
        unit = self._manifest.unit_name(row.values["construction_unit"])
        return unit, row.values["project_name"], row.values.get("plan_year")

    def of(self, rows: Iterable[Row]) -> Identified:
        """Every row's project, and every row of which it cannot be told."""
        found = Identified()
        first: dict[str | Key, int] = {}
        for row in rows:
            code, problem = self._code(row)
            same = first.setdefault(code or self.key_of(row), row.number)
            if same != row.number:
                problem = Problem(
                    row.number,
                    None,
                    f"与第{same}行是同一个项目。",
                    "请只保留一行；确是两个项目的，请写明不同的项目名称。",
                )
            if problem:
                found.problems.append(problem)
                continue
            found.codes[row.number] = code
            hint = None if code else self._namesake(row)
            if hint:
                found.hints[row.number] = hint
        return found

    def earlier(self, row: Row) -> str | None:
        """The record of an earlier import that this row is about: for a row of which only these cells may be looked at."""
        if row.code and self._ledger.submissions.head(IMPORTED, str(row.code)):
            return str(row.code)
        if not (row.values.get("construction_unit") and row.values.get("project_name")):
            return None
        found = self._imported.get(self.key_of(row)[:2], [])
        return found[0].record if len(found) == 1 else None

    def _code(self, row: Row) -> tuple[str | None, Problem | None]:
        if row.code:
            return row.code, self._unfit(row, row.code)
        key = self.key_of(row)
        known = [head for head in self._imported.get(key[:2], []) if head.values.get("plan_year") == key[2]]
        if len(known) > 1:
            codes = "、".join(head.record for head in known)
            return None, Problem(
                row.number, "项目编码", f"台账中有几个同名项目：{codes}。", "请填写本行是哪一个。"
            )
        if known:
            return known[0].record, self._unfit(row, known[0].record)
        return None, self._by_forms(row)

    def _unfit(self, row: Row, code: str) -> Problem | None:
        if self._ledger.is_purged(IMPORTED, code):
            return Problem(
                row.number, None, "该项目此前已按涉密清除，不能再次登记。", "请从文件中删除这一行。"
            )
        if code in self._elsewhere:
            return Problem(
                row.number,
                "项目编码",
                f"项目{code}已在平台上登记。",
                "请在平台上修改那张登记表，并从文件中删除这一行。",
            )
        if self._ledger.projects.get(code):
            return None
        if re.fullmatch(rf"{re.escape(self._manifest.code_prefix)}-\d{{4}}-\d+", code):
            return Problem(row.number, "项目编码", f"台账中没有项目“{code}”。", f"请核对编码。{LEAVE_EMPTY}")
        if not CODE.fullmatch(code):
            message = f"编码“{code}”含有字母、数字、“-”、“_”、“.”以外的字符，或者超过64个字符，不能用于备案。"
            return Problem(row.number, "项目编码", message, LEAVE_EMPTY)
        return None

    def _by_forms(self, row: Row) -> Problem | None:
        """A project of this unit and name that papers founded: whether it is the same, a person says."""
        same = self._founded.get(self.key_of(row)[:2], [])
        if not same:
            return None
        message = f"该单位的同名项目已经由表单申报：{'、'.join(same)}。"
        return Problem(
            row.number, "项目编码", message, "是同一个项目的，请填写这个编码；不是的，请写明不同的项目名称。"
        )

    def _namesake(self, row: Row) -> str | None:
        others = [head.record for head in self._imported.get(self.key_of(row)[:2], [])]
        if not others:
            return None
        return f"台账中有该单位的同名项目（{'、'.join(others)}，计划年度不同），本行按新项目登记；是同一个项目的，请填写其编码后重新导入。"
