"""The audit shows tampering; migrations, the files and their place, backups and the check-up."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from plugin.ledger import Ledger, LedgerError
from plugin.ledger.files import file_system_of, file_system_problem
from plugin.ledger.schema import migrate, migrations
from tests.ledger.makers import CODE, NOW, project, remember


class TestAudit:
    def test_changing_or_removing_a_row_is_refused(self, ledger: Ledger) -> None:
        ledger.audit.append(NOW, "王某", "tested", "record:1", {})
        ledger.audit.seal()
        for sql in ("UPDATE audit SET actor = '李某'", "UPDATE audit SET hash = NULL", "DELETE FROM audit"):
            with pytest.raises(sqlite3.IntegrityError):
                ledger.changed(sql)

    @pytest.mark.parametrize(
        ("sql", "bad"),
        [
            ("UPDATE audit SET actor = '李某' WHERE id = 3", 3),
            ("DELETE FROM audit WHERE id = 2", 3),
            ("UPDATE audit SET hash = NULL WHERE id = 2", 2),
            ("DELETE FROM audit WHERE id = 1", 2),
        ],
    )
    def test_what_was_changed_behind_the_fence_is_found(self, ledger: Ledger, sql: str, bad: int) -> None:
        for number in range(4):
            ledger.audit.append(NOW, "王某", "tested", f"record:{number}", {})
        ledger.audit.seal()
        for name in ("audit_keeps_rows", "audit_keeps_words", "audit_seals_once"):
            ledger.changed(f"DROP TRIGGER {name}")
        ledger.changed(sql)
        assert ledger.audit.verify() == bad
        assert [problem.code for problem in ledger.doctor(NOW)] == ["AUDIT_BROKEN"]
        assert (ledger.marks.get("audit-whole"), ledger.marks.get("audit-broken")) == (None, NOW)

    def test_that_it_was_found_whole_is_kept_with_the_time(self, ledger: Ledger) -> None:
        ledger.audit.append(NOW, "王某", "tested", "record:1", {})
        ledger.audit.seal()
        assert ledger.doctor() == []
        assert ledger.marks.get("audit-whole") is None
        assert ledger.doctor(NOW) == []
        assert (ledger.marks.get("audit-whole"), ledger.marks.get("audit-broken")) == (NOW, None)


class TestOpening:
    def test_opening_twice_migrates_once(self, tmp_path: Path) -> None:
        for _ in range(2):
            Ledger.open(tmp_path / "ledger.db").close()
        again = Ledger.open(tmp_path / "ledger.db")
        names = [name for (name,) in again.rows("SELECT name FROM _sqlite_migrations ORDER BY id")]
        assert names == sorted(set(names)) and names[0] == "0001_first_tables"

    def test_a_ledger_ahead_of_this_code_is_refused_untouched(self, tmp_path: Path) -> None:
        path = tmp_path / "ledger.db"
        Ledger.open(path).close()
        raw = sqlite3.connect(path)
        raw.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
            " VALUES ('zhengxiang', '9999', '')"
        )
        raw.commit()
        raw.close()
        before = path.read_bytes()
        with pytest.raises(LedgerError, match="请升级程序") as refused:
            Ledger.open(path)
        assert refused.value.code == "LEDGER_NEWER"
        assert path.read_bytes() == before

    def test_a_migration_that_fails_leaves_nothing_and_runs_again(self, tmp_path: Path) -> None:
        connection = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
        connection.execute("CREATE TABLE manifests (id INTEGER)")
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection)
        assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'inbox'").fetchall() == []
        connection.execute("DROP TABLE manifests")
        migrate(connection)
        assert list(migrations.pending(Database(connection))) == []

    def test_a_file_that_is_no_database_is_called_damaged(self, tmp_path: Path) -> None:
        (tmp_path / "ledger.db").write_bytes(b"not a database at all" * 100)
        with pytest.raises(LedgerError, match="已损坏") as refused:
            Ledger.open(tmp_path / "ledger.db")
        assert refused.value.code == "LEDGER_CORRUPT"

    def test_a_missing_folder_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(LedgerError, match="数据目录不存在") as refused:
            Ledger.open(tmp_path / "nowhere" / "ledger.db")
        assert refused.value.code == "LEDGER_MISSING"

    def test_nobody_else_may_read_the_files(self, ledger: Ledger) -> None:
        remember(ledger, "k1")
        modes = {file.name: oct(file.stat().st_mode & 0o777) for file in ledger.path.parent.iterdir()}
        assert set(modes.values()) == {"0o600"}, modes

    def test_the_pragmas_hold_on_every_connection(self, ledger: Ledger) -> None:
        names = (
            "journal_mode",
            "synchronous",
            "foreign_keys",
            "busy_timeout",
            "trusted_schema",
            "secure_delete",
        )
        assert [ledger.rows(f"PRAGMA {name}")[0][0] for name in names] == ["wal", 2, 1, 5000, 0, 1]

    @pytest.mark.parametrize(
        ("kind", "allowed"), [("ext4", True), ("nfs4", False), ("cifs", False), ("fuse.sshfs", False)]
    )
    def test_a_network_file_system_is_refused_with_its_name(self, kind: str, allowed: bool) -> None:
        mounts = f"22 1 8:1 / / rw - ext4 /dev/a rw\n23 22 0:5 / /srv/my\\040data rw - {kind} host:/x rw\n"
        where = Path("/srv/my data/ledger.db")
        assert file_system_of(where, mounts) == kind
        problem = file_system_problem(where, mounts)
        assert (problem is None) is allowed
        assert problem is None or kind in str(problem)


class TestUpkeep:
    def test_a_backup_is_one_sound_file_with_everything_in_it(self, ledger: Ledger, tmp_path: Path) -> None:
        ledger.projects.put(project())
        folder = tmp_path / "copies"
        folder.mkdir()
        target = ledger.backup(folder / "b.db", NOW)
        assert [file.name for file in target.parent.iterdir()] == ["b.db"]
        with pytest.raises(LedgerError, match="不会覆盖"):
            ledger.backup(target, NOW)
        assert [path for path, _ in ledger.backups()] == [str(target)]
        restored = Ledger.open(target)
        assert restored.projects.get(CODE) == ledger.projects.get(CODE)
        assert restored.doctor() == []
        restored.close()

    def test_a_damaged_page_is_found(self, tmp_path: Path) -> None:
        path = tmp_path / "ledger.db"
        ledger = Ledger.open(path)
        for number in range(40):
            remember(ledger, f"k{number}", text="x" * 1000)
        [(page,)] = ledger.rows("SELECT rootpage FROM sqlite_master WHERE name = 'inbox_due'")
        ledger.close()
        with path.open("r+b") as file:
            file.seek((page - 1) * 4096)
            file.write(b"\xff" * 4096)
        assert "LEDGER_CORRUPT" in [problem.code for problem in Ledger.open(path).doctor()]

    def test_little_space_and_another_journal_are_reported_together(
        self, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("plugin.ledger.database.LOW_SPACE_BYTES", 1 << 60)
        ledger.rows("PRAGMA journal_mode = DELETE")
        assert [problem.code for problem in ledger.doctor()] == ["LEDGER_JOURNAL", "LEDGER_SPACE"]
