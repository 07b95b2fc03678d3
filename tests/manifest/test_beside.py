"""A version of the manifest covers the pack and the days it names, and carries them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from plugin.active import ActiveManifest
from plugin.holidays.changes import changes, shown
from plugin.ledger import Ledger
from plugin.manifest import Beside, Manifest, diff, load_manifest, load_text, starter_text

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "liaocheng-hitech"
NOW = datetime(2026, 11, 5, tzinfo=UTC)
FILE_2027 = "holidays: [2027-01-01]\nmake_up_days: [2027-01-03]\nsource: 通知\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "manifest.yaml"
    path.write_text(starter_text(), encoding="utf-8")
    return path


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with closing(Ledger.open(tmp_path / "ledger.db")) as opened:
        yield opened


def loaded(file: Path) -> Manifest:
    return load_manifest(file, {})


def enter(file: Path, text: str = FILE_2027) -> None:
    (file.parent / "calendar.d").mkdir(exist_ok=True)
    (file.parent / "calendar.d" / "2027.yaml").write_text(text, encoding="utf-8")


def apply(ledger: Ledger, manifest: Manifest) -> bool:
    return ledger.manifests.apply(manifest.version, manifest.text, "王五", NOW, manifest.beside)


def test_other_days_are_another_version_and_a_comment_is_not(file: Path) -> None:
    before = loaded(file).version
    enter(file)
    after = loaded(file).version
    assert after != before
    enter(file, "# 核对过\n" + FILE_2027)
    assert loaded(file).version == after
    enter(file, FILE_2027.replace("2027-01-03", "2027-01-09"))
    assert loaded(file).version not in (before, after)


def test_another_text_of_an_own_pack_is_another_version(tmp_path: Path) -> None:
    for name in ("manifest.yaml", "pack.yaml"):
        shutil.copy(EXAMPLE / name, tmp_path)
    own = tmp_path / "pack.yaml"
    first = loaded(tmp_path / "manifest.yaml")
    own.write_text(own.read_text(encoding="utf-8").replace("title: ", "title: 新的"), encoding="utf-8")
    second = loaded(tmp_path / "manifest.yaml")
    assert first.version != second.version
    again = load_text(first.text, "ledger", base=tmp_path, beside=Beside.from_json(first.beside))
    assert again == first and again.pack.title != second.pack.title


def test_what_is_in_force_does_not_follow_the_files_until_applied(file: Path, ledger: Ledger) -> None:
    apply(ledger, loaded(file))
    running = ActiveManifest(ledger, file.parent)
    before = running()
    enter(file)
    assert running().version == before.version and 2027 not in running().book.calendar.years
    assert ActiveManifest(ledger, file.parent)() == before  # a process started now sees the same
    assert loaded(file).version != before.version
    assert apply(ledger, loaded(file))
    assert running() == loaded(file) and 2027 in running().book.calendar.years
    assert not apply(ledger, loaded(file))


def test_a_file_broken_after_it_was_applied_harms_nothing(file: Path, ledger: Ledger) -> None:
    enter(file)
    apply(ledger, loaded(file))
    enter(file, "holidays: [")
    assert ActiveManifest(ledger, file.parent)().book.calendar.last_day(date(2027, 1, 1)) == date(
        2027, 1, 2 + 1
    )


def test_a_version_from_before_reads_the_files(file: Path, ledger: Ledger) -> None:
    enter(file)
    manifest = loaded(file)
    ledger.manifests.apply(manifest.version, manifest.text, "王五", NOW)
    assert ActiveManifest(ledger, file.parent)() == manifest


def test_apply_shows_a_new_year_day_by_day(file: Path) -> None:
    before = loaded(file)
    enter(file)
    assert diff(before, loaded(file)) == [
        "2027年节假日（新增，此前只按周末计算）：改为放假 1月1日（周五）；改为上班 1月3日（周日）"
    ]
    assert diff(loaded(file), before) == [
        "2027年节假日（删去，改按周末计算）：改为放假 1月3日（周日）；改为上班 1月1日（周五）"
    ]


def test_a_year_is_told_apart_by_its_days(file: Path) -> None:
    enter(file)
    once = loaded(file).book.calendar
    enter(file, FILE_2027.replace("[2027-01-01]", "[2027-01-01, 2027-01-02]"))
    assert changes(once, loaded(file).book.calendar) == [
        "2027年节假日：上班、休息的日子没有变化，只是标注有变化"
    ]
    enter(file, "holidays: [2027-04-30, 2027-05-01, 2027-05-02]\nmake_up_days: []\nsource: 通知\n")
    (line,) = changes(once, loaded(file).book.calendar)
    assert line == ("2027年节假日：改为放假 1月3日（周日）、4月30日（周五）；改为上班 1月1日（周五）")


def test_a_year_is_shown_month_by_month(file: Path) -> None:
    lines = list(shown(loaded(file).book.calendar, 2026))
    assert len(lines) == 13 and lines[-1] == "全年工作日248天"
    assert lines[1] == (
        " 2月  工作日16天  放假 2月15日（周日）至23日（周一）；补班 2月14日（周六）、2月28日（周六）"
    )
    assert lines[6] == " 7月  工作日23天"


def test_a_version_that_comes_into_force_between_two_looks_is_taken(
    file: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = load_manifest(file, {})
    ledger.manifests.apply(manifest.version, manifest.text, "t", NOW, manifest.beside)
    monkeypatch.setattr(ledger.manifests, "active_version", lambda: "the one before")
    assert ActiveManifest(ledger, file.parent)() == manifest
