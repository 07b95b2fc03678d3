"""What a good manifest says: exact values, dated limits, defaults, versions, and what `apply` shows of a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from plugin.manifest import (
    Manifest,
    ManifestInvalid,
    ManifestNotFound,
    PersonSettings,
    TechnicalLimits,
    check,
    diff,
    find_manifest,
    load_manifest,
    load_text,
    starter_text,
)
from plugin.regulation.calendar import Roll
from plugin.regulation.limits import LimitMissing
from plugin.regulation.pack import Effect
from plugin.regulation.readings import Readings
from tests.manifest.broken import EMPTY, TWO, values

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 3, 1)
KEYS = {"ZHENGXIANG_WEBHOOK_SECRETS": "x", "ZHENGXIANG_LIFECYCLE_SECRETS": "x"}


def loaded(*changes: tuple[str, str]) -> Manifest:
    text = starter_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    return load_text(text, "manifest.yaml")


def test_the_starter_passes_with_doubts_only_and_asks_for_the_procurement_limit() -> None:
    report = check(ROOT / "manifest.yaml", {}, TODAY)
    assert report.exit_code == 0
    assert {each.code for each in report.problems} == {"VALID-UNTIL", "LIMIT-EMPTY", "SECRET-UNSET"}
    assert {each.severity for each in report.problems} == {"warning"}


def test_the_starter_is_the_file_of_the_checkout() -> None:
    assert starter_text() == (ROOT / "manifest.yaml").read_text(encoding="utf-8")


def test_no_procurement_limit_is_shipped() -> None:
    book = loaded().book
    with pytest.raises(LimitMissing):
        _ = book.on(date(2026, 1, 1)).limits.decentralised_procurement_yuan


def test_the_starter_sets_no_reading_other_than_the_recommended_one() -> None:
    assert loaded().book.readings == Readings()


def test_the_demo_differs_from_the_starter_only_in_marked_demo_data_and_addresses() -> None:
    demo = load_manifest(ROOT / "plugin" / "demo_manifest.yaml", KEYS)
    entry = demo.book.limits["decentralised_procurement_yuan"]
    assert "演示数据" in entry.label and "非真实标准" in entry.values[0].source
    assert demo.book.on(TODAY).limits.decentralised_procurement_yuan == Decimal(500000)
    assert {line.split("：")[0] for line in diff(loaded(), demo)} == {
        f"标准“{entry.label}”", "项目编码前缀", "低代码平台", "全生命周期管理系统",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        (date(2023, 12, 31), None),
        (date(2024, 1, 1), 400000),
        (date(2024, 12, 31), 400000),
        (date(2025, 1, 1), 500000),
        (date(2035, 1, 1), 500000),
    ],
)
def test_a_limit_is_that_of_the_day(day: date, amount: int | None) -> None:
    limits = loaded((EMPTY, values(*TWO))).book.on(day).limits
    assert limits.has("decentralised_procurement_yuan") is (amount is not None)
    if amount is not None:
        assert limits.decentralised_procurement_yuan == amount


def test_until_is_the_last_day_in_force() -> None:
    book = loaded((EMPTY, values(TWO[0] + ", until: 2024-06-30"))).book
    assert book.on(date(2024, 6, 30)).limits.has("decentralised_procurement_yuan")
    assert not book.on(date(2024, 7, 1)).limits.has("decentralised_procurement_yuan")


def test_a_value_counts_for_its_category_only() -> None:
    of_works = values("from: 2024-01-01, value: 600000, category: works, source: 甲")
    services = loaded((EMPTY, of_works)).book.on(TODAY).limits
    works = loaded((EMPTY, of_works), ("category: services #", "category: works #")).book.on(TODAY).limits
    assert not services.has("decentralised_procurement_yuan")
    assert works.decentralised_procurement_yuan == 600000


@pytest.mark.parametrize("written", ["3000000.10", "0.1", "99999999999999.99", "0"])
def test_money_is_exact(written: str) -> None:
    (entry,) = loaded(("value: 5000000", f"value: {written}")).book.limits["high_value_yuan"].values
    assert Decimal(entry.value) == Decimal(written)


def test_a_month_day_is_read_as_such() -> None:
    assert loaded().book.on(TODAY).limits.performance_report_month_day == (12, 31)
    unquoted = loaded(('"12-31"', "11-30"))
    assert unquoted.book.on(TODAY).limits.performance_report_month_day == (11, 30)


def test_a_rule_can_be_turned_into_advice_alone_or_with_all() -> None:
    enforce = "  enforce: block"
    one = loaded((enforce, "  enforce: {default: block, rules: {TRIAL-MONTH: advise}}")).book.on(TODAY)
    everything = loaded((enforce, "  enforce: advise")).book.on(TODAY)
    none = loaded().book.on(TODAY)
    assert none.effect_of("TRIAL-MONTH") is Effect.BLOCK
    assert one.effect_of("TRIAL-MONTH") is everything.effect_of("TRIAL-MONTH") is Effect.WARN
    assert one.effect_of("CLASSIFIED") is Effect.BLOCK


def test_readings_become_what_the_rules_ask_for() -> None:
    readings = loaded(
        (
            "holiday_roll: nonworking",
            "holiday_roll: none\n  start_events: [tender_start]\n  split_score: 0.75",
        )
    ).book.readings
    assert readings.holiday_roll is Roll.NONE
    assert readings.start_events == ("tender_start",) and readings.split_score == 0.75


def test_the_calendar_rolls_as_the_reading_says() -> None:
    saturday = date(2026, 3, 7)
    assert loaded().book.calendar.last_day(saturday) == date(2026, 3, 9)
    unrolled = loaded(("holiday_roll: nonworking", "holiday_roll: none"))
    assert unrolled.book.calendar.last_day(saturday) == saturday


def test_reminders_of_a_duty_take_the_place_of_the_general_ones() -> None:
    manifest = loaded()
    assert manifest.reminder_days("self_evaluation") == (90, 30, 7)
    assert manifest.reminder_days("contract_filing") == (30, 7, 1)
    assert manifest.reminders.hour == 9


def test_units_and_people_have_names_of_any_script() -> None:
    manifest = loaded(
        ("units: {}", "units: {县农业农村局: [县农委, 县农业局]}"),
        ("people: {}", "people: {张三: 李四, 12: '13', Wang.Wu: zhao6}"),
    )
    assert manifest.unit_name("县农委") == "县农业农村局"
    assert [manifest.person(each) for each in ("张三", "12", "Wang.Wu")] == ["李四", "13", "zhao6"]


MAIL = "mail: {host: smtp.example.gov.cn, sender: zx@example.gov.cn, secret_env: ZHENGXIANG_MAIL_LOGIN}"


def test_mail_goes_to_a_server_on_the_list_only() -> None:
    web = "https://platform.example.gov.cn', 'https://lifecycle.example.gov.cn"
    with pytest.raises(ManifestInvalid) as caught:
        loaded(
            ("mail: null", MAIL),
            ("allowed_hosts: []", f"allowed_hosts: ['{web}', 'smtp://smtp.example.gov.cn:587']"),
        )
    assert [(each.code, each.pointer) for each in caught.value.problems if each.severity == "error"] == [
        ("HOST-NOT-ALLOWED", "/mail/host")
    ]
    allowed = f"allowed_hosts: ['{web}', 'smtps://smtp.example.gov.cn:465']"
    manifest = loaded(("mail: null", MAIL), ("allowed_hosts: []", allowed))
    assert manifest.mail and (manifest.mail.port, manifest.mail.security) == (465, "tls")
    assert manifest.allowed_hosts == ("https://platform.example.gov.cn", "https://lifecycle.example.gov.cn")


def test_people_are_reached_as_they_prefer_and_others_by_the_platform() -> None:
    manifest = loaded(
        ("persons: {}", "persons: {张三: {channels: [email, platform], email: a@b.cn}}"),
        ("unit_heads: {}", "unit_heads: {县农业农村局: [王五]}"),
        ("mail: null", MAIL),
    )
    assert manifest.person_settings("张三") == PersonSettings(("email", "platform"), "a@b.cn")
    assert manifest.person_settings("李四") == PersonSettings(("platform",))
    assert manifest.unit_heads == {"县农业农村局": ("王五",)}
    assert manifest.reminders.escalate == (("unit_head", 7), ("data_bureau", 14))
    silent = loaded(("unit_head_after_days: 7", "unit_head_after_days: null")).reminders
    assert silent.escalate == (("data_bureau", 14),)


def test_what_is_not_written_has_its_default() -> None:
    text = starter_text()
    short = text[: text.index("# 技术上限")]
    short = short[: short.index("# 允许外发")] + short[short.index("# 涉密项目") :]
    manifest = load_text(short, "manifest.yaml")
    assert manifest.limits_technical == TechnicalLimits() == loaded().limits_technical
    assert manifest.extra_hosts == () and manifest.ca_bundle is None


def test_only_the_addresses_of_the_manifest_may_be_reached() -> None:
    assert loaded().allowed_hosts == ("https://platform.example.gov.cn", "https://lifecycle.example.gov.cn")
    moved = replace(loaded().platform, base_url="http://127.0.0.1:9")
    assert replace(loaded(), platform=moved).allowed_hosts[0] == "http://127.0.0.1:9"


def test_a_host_on_the_list_is_allowed_by_origin_not_by_spelling() -> None:
    hosts = "allowed_hosts: ['https://platform.example.gov.cn:443', 'https://lifecycle.example.gov.cn/']"
    assert not [each for each in loaded(("allowed_hosts: []", hosts)).warnings if "HOST" in each.code]


def test_the_version_is_that_of_the_content_not_of_the_layout() -> None:
    base = loaded()
    assert len(base.version) == 12 and base.book.version == base.version
    assert loaded(("# 政项参数文件", "# 本局的参数文件")).version == base.version
    assert loaded(("hour: 9", "hour:   9")).version == base.version
    assert loaded(("hour: 9", "hour: 8")).version != base.version


def test_what_the_ledger_keeps_reads_back_as_the_same_manifest() -> None:
    manifest = load_manifest(ROOT / "manifest.yaml", KEYS)
    again = load_text(manifest.text, "ledger:1")
    assert again == manifest


def test_a_file_saved_by_windows_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + starter_text().replace("\n", "\r\n").encode())
    assert load_manifest(path, KEYS).version == loaded().version


@pytest.mark.parametrize(
    ("option", "environ", "there", "found"),
    [
        ("a.yaml", {"ZHENGXIANG_MANIFEST": "b.yaml"}, "a.yaml b.yaml manifest.yaml", "a.yaml"),
        (None, {"ZHENGXIANG_MANIFEST": "b.yaml"}, "b.yaml manifest.yaml", "b.yaml"),
        (None, {}, "manifest.yaml", "manifest.yaml"),
        (None, {}, "other.yaml", None),
        ("a.yaml", {}, "manifest.yaml", None),
    ],
)
def test_the_file_is_the_options_then_the_variables_then_the_folders(
    tmp_path: Path, option: str | None, environ: Mapping[str, str], there: str, found: str | None
) -> None:
    for name in there.split():
        (tmp_path / name).touch()
    if found is None:
        with pytest.raises(ManifestNotFound, match="zhengxiang init"):
            find_manifest(option and Path(option), environ, tmp_path)
    else:
        assert find_manifest(option and Path(option), environ, tmp_path) == tmp_path / found


def test_a_year_without_holidays_is_recalled_from_its_december(tmp_path: Path) -> None:
    path = tmp_path / "manifest.yaml"
    path.write_text(starter_text(), encoding="utf-8")

    def recalled(day: date) -> bool:
        return "CALENDAR-YEAR" in {each.code for each in check(path, KEYS, day).problems}

    last = max(loaded().book.calendar.years)
    assert not recalled(date(last, 11, 30)) and recalled(date(last, 12, 1)) and recalled(date(last + 1, 1, 1))
    folder = tmp_path / "calendar.d"
    folder.mkdir()
    notice = f"holidays: [{last + 1}-01-01]\nmake_up_days: []\nsource: 通知\n"
    (folder / f"{last + 1}.yaml").write_text(notice, encoding="utf-8")
    assert not recalled(date(last, 12, 1))


def test_apply_shows_which_number_changes_from_when_on_what_ground() -> None:
    old, new = loaded((EMPTY, values(TWO[0]))), loaded((EMPTY, values(*TWO)))
    assert diff(old, new) == ["标准“分散采购限额标准”：增加 2025-01-01起 50万元，依据 乙"]
    assert diff(new, old) == ["标准“分散采购限额标准”：删去 2025-01-01起 50万元，依据 乙"]
    assert diff(old, old) == []


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("contract_filing_days: null", "contract_filing_days: 7", "管理习惯“合同备案天数”：未设 → 7"),
        ("  enforce: block", "  enforce: advise", "管理习惯“只提示、不拦截的规则”：未设 → 全部"),
        (
            "town_om_blocked: false",
            "town_om_blocked: true",
            "解释口径“乡镇申报运维类项目的”（town_om_blocked）：只提示 → 不予通过",
        ),
        (
            "holiday_roll: nonworking",
            "holiday_roll: none",
            "解释口径“期限最后一天遇休息日”（holiday_roll）：顺延，周末算休息日 → 不顺延",
        ),
        ("bureau: 歙县数据资源局", "bureau: 歙县数据局", "数据资源局：歙县数据资源局 → 歙县数据局"),
        (
            "filing_unit: working_days",
            "filing_unit: calendar_days",
            "管理习惯“合同备案天数的单位”：工作日 → 自然日",
        ),
        ("days_before: [30, 7, 1]", "days_before: [30]", "提醒“到期前几天提醒”：30、7、1 → 30"),
        ("collection_round: [7, 1]", "collection_round: [7]", "提醒“年度需求征集的提醒天数”：7、1 → 7"),
        (
            "unit_head_after_days: 7",
            "unit_head_after_days: null",
            "提醒“逾期几天后同时提醒单位负责人”：7 → 未设",
        ),
        (
            'plan_rollover: "12-01"',
            'plan_rollover: "12-15"',
            "一年中的固定日子“每年提醒数据资源局清理年度计划的日子（第十二、十五条）”：12-01 → 12-15",
        ),
    ],
)
def test_apply_shows_what_else_changes(old: str, new: str, line: str) -> None:
    assert line in diff(loaded(), loaded((old, new)))
