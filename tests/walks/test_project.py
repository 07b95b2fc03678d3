"""One project of 680万元 from its demand to its self-evaluation: the unit at the platform, the bureau at the console."""

from __future__ import annotations

import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from .papers import NAME, head, paper
from .people import Bureau, Official
from .town import Town

SPRING, AUTUMN, NEXT_YEAR = "2025-03-10", "2025-11-03", "2026-11-10"
FORBIDDING = ("第二十一条", "第二十四条", "第二十五条")


def test_a_project_from_its_demand_to_its_self_evaluation(
    town: Town, come: Callable[[type], Any], tmp_path: Path
) -> None:
    town.at(f"{SPRING}T09:30")
    unit, bureau = come(Official), come(Bureau)
    bureau.sign_in("wangwu", "signin")
    bureau.look("overview")
    bureau.look_on_phone("overview")
    bureau.look_on_paper("overview")
    walk = Walk(unit, bureau)
    walk.planned()
    walk.approved()
    walk.contracted()
    walk.months_later(AUTUMN)
    walk.built()
    walk.accepted()
    walk.months_later(NEXT_YEAR)
    walk.evaluated()
    walk.filed()
    walk.archived(tmp_path / "archive.zip")
    walk.seen_by_the_unit(come(Bureau))


class Walk:
    """The steps, each by the one whose it is."""

    def __init__(self, unit: Official, bureau: Bureau) -> None:
        self.unit, self.bureau, self.day = unit, bureau, SPRING
        self.code = ""
        self.filings = 0

    def months_later(self, day: str) -> None:
        """Everybody goes home, the demo is started again on that day, the bureau signs in."""
        for each in (self.unit, self.bureau):
            each.page.goto("about:blank")
        self.bureau.town.at(f"{day}T10:00")
        self.day = day
        self.bureau.sign_in("wangwu")

    def planned(self) -> None:
        """F01, G01, G07: in the annual plan (Article 12)."""
        demand = {**head(None, "demand_collection"), **paper("demand_collection", self.day)}
        self.unit.come(self.unit.town.platform, "platform-home")
        self.unit.fill_in("demand_collection", demand, "demand-filled")
        self.unit.received(picture="demand-taken")
        self.code = self.unit.code()
        self.bureau.open_project(self.code, "projects-found")
        self.bureau.look("project-new")
        self.record("expert_review", **paper("expert_review", self.day))
        self.stands("已入项目库")
        self.bureau.choose("plan_record")
        assert self.bureau.page.locator('[id="f-items.0.project_code"]').input_value() == self.code
        self.bureau.answer("plan_record", {"items": [{"plan_item_id": "18"}]})
        for number, step in enumerate(PLAN):
            if number:
                self.bureau.choose("plan_record")
            self.bureau.answer("plan_record", step)
            self.bureau.look("plan-record" if not number else "")
            self.bureau.save()
        self.stands("已列入年度计划")

    def approved(self) -> None:
        """F04, its reviews, and the reply that is refused until they are there (21, 24, 25); F05 the same way (20)."""
        self.hand_in("feasibility_study", paper("feasibility_study", self.day))
        self.bureau.open_project(self.code)
        self.bureau.choose("approval_reply")
        self.bureau.answer("approval_reply", paper("approval_reply", self.day))
        self.bureau.page.get_by_role("button", name="登记", exact=True).click()
        self.bureau.page.get_by_role("heading", name="没有登记").wait_for()
        self.bureau.look("reply-forbidden")
        self.bureau.look_on_phone("reply-forbidden")
        for citation in FORBIDDING:
            assert citation in self.bureau.text(), citation
        self.bureau.open_project(self.code)
        self.record("third_party_review", **paper("third_party_review", self.day))
        self.record("superior_review", **paper("superior_review", self.day, 0))
        self.record("superior_review", **paper("superior_review", self.day, 1))
        self.record("expert_review", **paper("expert_review", self.day, 1))
        self.record("approval_reply", **paper("approval_reply", self.day))
        self.hand_in("preliminary_design", paper("preliminary_design", self.day))
        self.bureau.open_project(self.code)
        self.record("third_party_review", **paper("third_party_review", self.day, 1))
        self.record("expert_review", **paper("expert_review", self.day, 2))
        self.record("approval_reply", **paper("approval_reply", self.day, 1))
        self.stands("已批复")
        self.bureau.look("project-approved")
        self.bureau.look_on_phone("project-approved")

    def contracted(self) -> None:
        """F08 with the bureau's part, E01, F09, E02 (28, 29, 31)."""
        review = dict(paper("procurement_review", self.day, planned_tender_on=self.day))
        part = {name: review.pop(name) for name in ("review_result", "reviewer", "reviewed_on")}
        self.hand_in("procurement_review", review)
        self.bureau.open_project(self.code)
        self.bureau.follow("填写采购需求审核的意见")
        self.bureau.say_unclassified()
        self.bureau.answer("procurement_review", part)
        self.bureau.look("procurement-part")
        self.bureau.save()
        self.hand_in("tender_start", paper("tender_start", self.day))
        signed = {"signed_on": self.day, "period_starts_on": self.day, "period_ends_on": "2025-10-31"}
        self.hand_in("contract_filing", paper("contract_filing", self.day, **signed), "contract")
        self.hand_in("implementation_start", paper("implementation_start", self.day))
        self.bureau.open_project(self.code)
        self.stands("建设实施中")
        assert self.owes("年度绩效评价报告提交", "2025-12-31")
        self.bureau.look("project-building")

    def built(self) -> None:
        """F12 in two parts, F13 in two parts, F11 (35, 39)."""
        self.hand_in("preliminary_acceptance", {"completed_on": "2025-09-05"})
        self.bureau.open_project(self.code)
        assert self.owes("初步验收")
        held = {"held_on": "2025-09-15", "conclusion": "通过", "opinion_file": "初验意见.pdf"}
        self.amend("preliminary_acceptance", held)
        self.bureau.open_project(self.code)
        assert not self.owes("初步验收")
        self.hand_in("trial_operation", {"trial_started_on": "2025-09-17"})
        ended = {"trial_ended_on": "2025-10-28", "effect": "运行稳定（演示）。", "report": "试运行报告.pdf"}
        self.amend("trial_operation", ended)
        self.hand_in("performance_report", paper("performance_report", self.day, report_year="2025"))
        self.bureau.open_project(self.code)
        assert not self.owes("年度绩效评价报告提交", "2025-12-31")
        self.stands("试运行结束")
        self.bureau.look("project-trial-done")

    def accepted(self) -> None:
        """F14 confirmed, F15, E05, G04, F16's filing, E04 (39, 41)."""
        sharing = dict(paper("sharing_confirmation", self.day))
        part = {name: sharing.pop(name) for name in ("confirmed", "confirmed_by", "confirmed_on")}
        self.hand_in("sharing_confirmation", sharing)
        self.bureau.open_project(self.code)
        self.bureau.follow("填写数据共享确认的意见")
        self.bureau.say_unclassified()
        self.bureau.answer("sharing_confirmation", part)
        self.bureau.look("sharing-part")
        self.bureau.save()
        self.hand_in(
            "acceptance_application", paper("acceptance_application", self.day), "acceptance-application"
        )
        self.bureau.open_project(self.code)
        for form in ("acceptance_organisation", "acceptance_conclusion"):
            self.record(form, **paper(form, self.day))
        self.hand_in("acceptance_filing", paper("acceptance_filing", self.day))
        self.hand_in("operation_start", paper("operation_start", self.day))
        self.bureau.open_project(self.code)
        self.stands("已投入运行")
        assert self.owes("自评价报告报送")
        self.bureau.look("project-operating")

    def evaluated(self) -> None:
        """F18, within twelve to twenty-four months (43)."""
        self.hand_in("self_evaluation", paper("self_evaluation", self.day))
        self.bureau.open_project(self.code)
        self.stands("已自评价")
        assert not self.owes("自评价报告报送")
        self.bureau.look("project-evaluated")
        self.bureau.look_on_phone("project-evaluated")
        self.bureau.look_on_paper("project-evaluated")

    def filed(self) -> None:
        """Every filing has its receipt, and the life-cycle system holds the same ones once."""
        rows = self.bureau.page.get_by_role("region", name="备案与回执").get_by_role("row")
        for _each in range(120):
            if rows.filter(has_text="已送达").count() == rows.count() - 1:
                break
            self.bureau.page.wait_for_timeout(1000)
            self.bureau.page.reload()
        assert not rows.filter(has_text="送达失败").all_inner_texts()
        self.bureau.look("project-filed")
        receipts = re.findall(r"LC-\d{8}-\d+", "\n".join(rows.all_inner_texts()))
        assert len(receipts) == rows.count() - 1 >= 20
        assert len(set(receipts)) == len(receipts)
        self.unit.come(self.unit.town.lifecycle, "lifecycle")
        held = self.unit.page.locator("tbody tr td:first-child").all_inner_texts()
        assert [each for each in receipts if held.count(each) != 1] == []

    def archived(self, path: Path) -> None:
        """The archive's zip holds what its list of hashes says (41)."""
        with self.bureau.page.expect_download() as download:
            self.bureau.page.get_by_role("link", name="下载归档包").click()
        download.value.save_as(path)
        with ZipFile(path) as packed:
            sums = packed.read("sha256sums").decode().splitlines()
            listed = {line[66:]: line[:64] for line in sums}
            assert set(packed.namelist()) == {*listed, "sha256sums"}
            assert len(listed) > 60
            assert all(sha256(packed.read(name)).hexdigest() == digest for name, digest in listed.items())
            assert NAME in packed.read("目录.html").decode()

    def seen_by_the_unit(self, reader: Bureau) -> None:
        """The unit sees its project, and nothing that is the bureau's to do."""
        reader.sign_in("zhangsan")
        reader.look("unit-overview")
        reader.open_project(self.code)
        reader.look("unit-project")
        assert "数据资源局办理" not in reader.text()

    def hand_in(self, form: str, values: Any, picture: str = "") -> None:
        """A paper of the unit, taken."""
        self.unit.fill_in(form, {**head(self.code, form), **values}, picture)
        self.unit.received(picture=picture and f"{picture}-taken")

    def amend(self, form: str, values: Any) -> None:
        """The unit opens its record again and adds to it."""
        before = self.unit.revision()
        self.unit.page.get_by_role("link", name="修改").click()
        self.unit.say_unclassified()
        self.unit.answer(form, values)
        self.unit.page.get_by_role("button", name="提交").click()
        self.unit.received(after=before)

    def record(self, form: str, **values: Any) -> None:
        self.bureau.record(form, values)

    def stands(self, state: str) -> None:
        """Where the project stands, by the mark at the head of its page."""
        assert self.bureau.page.locator(".mark.big").first.inner_text() == state

    def owes(self, duty: str, due_on: str = "") -> bool:
        """Whether that duty stands open on the project's page."""
        rows = self.bureau.page.get_by_role("region", name="应办事项").get_by_role("row")
        rows = rows.filter(has_text=duty).filter(has_text=due_on)
        return any("已办" not in each for each in rows.all_inner_texts())


_STEP = {"plan_type": "年度建设计划", "year": "2026"}
PLAN = (
    {**_STEP, "step": "专家论证", "expert_review": "通过"},
    {**_STEP, "step": "报市数据资源局审核", "city_review": "同意"},
    {**_STEP, "step": "报省数据资源局审定", "province_review": "同意"},
    {**_STEP, "step": "报县政府批准", "government_approved_on": SPRING},
)
