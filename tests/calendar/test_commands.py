"""The command `calendar`: the notice is shown before it is taken, and a missing year is told in time."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from plugin.active import ActiveManifest
from plugin.cli import main
from plugin.holidays.coverage import Level, gaps
from plugin.ledger import Ledger, ObligationRow
from tests.ledger.makers import CODE, project

NOTICE = Path(__file__).with_name("invented-2027.txt")
NOW = datetime(2026, 11, 5, tzinfo=UTC)
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    for name in ("ZHENGXIANG_MANIFEST", "ZHENGXIANG_DATA"):
        monkeypatch.delenv(name, raising=False)

    def command(*arguments: str, input: str | None = None) -> Result:
        return CliRunner().invoke(main, list(arguments), input=input)

    assert command("init").exit_code == 0
    return command


def applied(run: Run) -> None:
    assert run("apply", "--by", "王五", "--yes").exit_code == 0


def years_in_force(folder: Path) -> frozenset[int]:
    with closing(Ledger.open(folder / "data" / "ledger.db")) as ledger:
        return ActiveManifest(ledger, folder)().book.calendar.years


def owing(folder: Path, *duties: ObligationRow) -> None:
    with closing(Ledger.open(folder / "data" / "ledger.db")) as ledger:
        ledger.projects.put(project())
        ledger.obligations.sync(CODE, duties, NOW)


def test_a_notice_is_shown_asked_about_written_and_in_force(run: Run, tmp_path: Path) -> None:
    applied(run)
    answered = run("calendar", "import", str(NOTICE), "--by", "王五", input="y\n")
    assert answered.exit_code == 0, answered.output
    assert (
        "2027年节假日（新增，此前只按周末计算）：改为放假 1月1日（周五）、2月5日（周五）、2月8日（周一）至12日（周五）"
        in answered.output
    )
    assert "改为上班 1月31日（周日）、2月20日（周六）" in answered.output
    assert "国办发明电〔2026〕99号" in (tmp_path / "calendar.d" / "2027.yaml").read_text(encoding="utf-8")
    assert 2027 in years_in_force(tmp_path)
    assert "MANIFEST-DIFFERS" not in run("doctor").output
    again = run("calendar", "import", str(NOTICE), "--by", "王五", "--yes")
    assert again.exit_code == 0 and again.output == "与现行安排一致，没有改动。\n"
    assert "与生效版本没有差别" in run("apply", "--by", "王五", "--yes").output
    assert "全年工作日" in run("calendar", "show", "2027").output


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_no_is_an_answer_and_changes_nothing(run: Run, tmp_path: Path, answer: str) -> None:
    applied(run)
    assert run("calendar", "import", str(NOTICE), "--by", "王五", input=answer).exit_code == 1
    assert not (tmp_path / "calendar.d").exists() and 2027 not in years_in_force(tmp_path)


def test_from_standard_input_it_is_shown_first_and_taken_with_yes(run: Run, tmp_path: Path) -> None:
    text = NOTICE.read_text(encoding="utf-8")
    only_shown = run("calendar", "import", "-", "--by", "王五", input=text)
    assert only_shown.exit_code == 1 and "请加 --yes" in only_shown.output
    assert not (tmp_path / "calendar.d").exists()
    taken = run("calendar", "import", "-", "--by", "王五", "--yes", input=text)
    assert taken.exit_code == 0 and "运行 zhengxiang apply 后生效" in taken.output
    assert (tmp_path / "calendar.d" / "2027.yaml").exists()


def test_a_sum_that_is_off_is_said_before_the_question(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "通知.txt"
    path.write_text(
        NOTICE.read_text(encoding="utf-8").replace("、2月20日（周六）上班", "上班"), encoding="utf-8"
    )
    asked = run("calendar", "import", str(path), "--by", "王五", input="n\n")
    assert asked.exit_code == 1 and "［提醒］放假的工作日比补班日多14天" in asked.output
    assert "［提醒］" not in run("calendar", "import", str(NOTICE), "--by", "王五", input="n\n").output


def test_what_is_too_large_to_be_a_notice_is_not_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "通知.txt"
    path.write_bytes(NOTICE.read_bytes() + b" " * 70_000)
    refused = run("calendar", "import", str(path), "--by", "王五", "--yes")
    assert refused.exit_code == 2 and "文件太大" in refused.output


def test_a_text_saved_by_windows_is_read(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "通知.txt"
    path.write_bytes(NOTICE.read_text(encoding="utf-8").encode("gb18030"))
    assert run("calendar", "import", str(path), "--by", "王五", "--yes").exit_code == 0


def test_every_mistake_in_the_notice_is_named_and_nothing_written(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "通知.txt"
    text = NOTICE.read_text(encoding="utf-8").replace("（周五）", "（周四）").replace("共8天", "共9天")
    path.write_text(text, encoding="utf-8")
    refused = run("calendar", "import", str(path), "--by", "王五", "--yes")
    assert refused.exit_code == 2
    assert (
        "2027-01-01是周五，通知写的是“周四”" in refused.output and "8天，通知写的是“共9天”" in refused.output
    )
    assert not (tmp_path / "calendar.d").exists()


def test_a_corrected_notice_keeps_the_file_before_and_other_edits_out(run: Run, tmp_path: Path) -> None:
    applied(run)
    run("calendar", "import", str(NOTICE), "--by", "王五", "--yes")
    manifest = tmp_path / "manifest.yaml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("hour: 9", "hour: 8"), encoding="utf-8")
    path = tmp_path / "更正.txt"
    path.write_text(
        NOTICE.read_text(encoding="utf-8").replace("6月9日（周三）放假1天，不调休", "6月9日（周三）至11日（周五）放假调休，共3天"),
        encoding="utf-8",
    )  # fmt: skip
    corrected = run("calendar", "import", str(path), "--by", "王五", "--yes")
    assert "2027年节假日：改为放假 6月10日（周四）至11日（周五）" in corrected.output
    assert "原文件保留为 2027.yaml." in corrected.output
    with closing(Ledger.open(tmp_path / "data" / "ledger.db")) as ledger:
        in_force = ActiveManifest(ledger, tmp_path)()
        assert in_force.reminders.hour == 9  # edited in the file, not applied
        assert not in_force.book.calendar.is_working(date(2027, 6, 10))
        assert [each.applied_by for each in ledger.manifests.history()] == ["王五"] * 3


@pytest.mark.parametrize(
    ("on", "status"),
    [("2026-10-31", 0), ("2026-11-01", 1), ("2026-12-14", 1), ("2026-12-15", 2), ("2027-06-01", 2)],
)
def test_a_missing_year_is_told_from_november_and_fails_from_mid_december(
    run: Run, tmp_path: Path, on: str, status: int
) -> None:
    applied(run)
    assert run("calendar", "check", "--on", on).exit_code == 0
    owing(
        tmp_path, ObligationRow(CODE, "a", "self_evaluation", "43", date(2027, 3, 1), None, provisional=True)
    )
    told = run("calendar", "check", "--on", on)
    assert told.exit_code == status
    assert "2027年没有节假日安排：1项未办结事项的期限涉及该年，最早2027-03-01" in told.output
    assert ("calendar import" in told.output) is (status > 0)
    run("calendar", "import", str(NOTICE), "--by", "王五", "--yes")
    assert run("calendar", "check", "--on", on).exit_code == 0


def test_only_open_days_count_and_the_worst_year_decides(run: Run, tmp_path: Path) -> None:
    applied(run)
    done = ObligationRow(CODE, "a", "self_evaluation", "43", date(2027, 3, 1), fulfilled_on=date(2026, 1, 1))
    undated = ObligationRow(CODE, "b", "contract_filing", "31")
    owing(tmp_path, done, undated)
    assert run("calendar", "check", "--on", "2026-12-31").exit_code == 0
    days = [(date(2027, 3, 1), True), (date(2028, 3, 1), True), (date(2027, 1, 5), True)]
    near, far = gaps(days, frozenset({2026}), date(2026, 11, 20))
    assert (near.year, near.level, near.days[0]) == (2027, Level.SOON, date(2027, 1, 5))
    assert (far.year, far.level) == (2028, Level.CALM)


def test_a_day_that_rolls_out_of_an_announced_year_reaches_the_next() -> None:
    (gap,) = gaps([(date(2026, 12, 31), True)], frozenset({2026}), date(2026, 11, 1))
    assert (gap.year, gap.level) == (2027, Level.SOON)
    assert gaps([(date(2026, 12, 31), False)], frozenset({2026}), date(2026, 11, 1)) == []


def test_a_year_not_announced_cannot_be_shown(run: Run) -> None:
    assert "全年工作日248天" in run("calendar", "show", "2026").output
    missing = run("calendar", "show", "2098")
    assert missing.exit_code == 2 and "calendar import" in missing.output
