"""What a reading is called and what its values mean, in Chinese. The numbers are those of docs/readings.zh.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Words(NamedTuple):
    """`number` of the register, the question, and what each value means; true and false as "true" and "false"."""

    number: str | None
    label: str
    values: Mapping[str, str]


def _flag(yes: str, no: str) -> Mapping[str, str]:
    return {"true": yes, "false": no}


YES = _flag("是", "否")
BLOCKS = _flag("不予通过", "只提示")
READINGS: Mapping[str, Words] = {
    "procurement_boundary": Words(
        "I-02",
        "恰等于分散采购限额标准时",
        {"upper": "算“以上”，编报可行性研究报告", "lower": "算“以下”，编报建设方案"},
    ),
    "procurement_category": Words(
        "I-03", "项目适用哪一类分散采购限额", {"goods": "货物", "services": "服务", "works": "工程"}
    ),
    "investment_base": Words(
        "I-04", "投资额是否含监理、测评等费用", {"total_incl_fees": "含", "total_excl_fees": "不含"}
    ),
    "co_built_base": Words(
        "I-05", "省市县共建项目的县级投资额", {"county_portion": "县级承担部分", "total": "项目总额"}
    ),
    "supplement_om_exempt": Words("I-06", "增补规定是否不适用于运维类项目", YES),
    "second_review_after_supplement": Words("I-07", "增补时市、省已审核的，报批时是否再审核", YES),
    "supplement_urgency_for_mandate": Words("I-08", "有上级要求的增补，是否也须情况紧急", YES),
    "superior_review_exclude_kinds": Words(
        None,
        "不需逐级审核的项目类型",
        {
            "new": "新建",
            "upgrade": "升级",
            "operation_maintenance": "运维",
            "purchase_of_service": "政府购买服务",
        },
    ),
    "expert_review_below_high_value": Words("I-09", "须逐级审核的金额以下，是否要专家评审", YES),
    "start_events": Words(
        "I-10",
        "“未批先建”检查哪些环节",
        {"tender_start": "招标", "contract_filing": "签订合同", "implementation_start": "开始实施"},
    ),
    "plan_year_strict": Words("I-11", "在计划年度以外报批的", BLOCKS),
    "split_score": Words("I-12", "相似度达到多少提示可能拆分（0至1）", {}),
    "town_unit_types": Words(
        "I-13",
        "按乡镇限制的单位类型",
        {
            "town": "乡镇",
            "subordinate_unit": "下属单位",
            "external_office": "驻外办事机构",
            "public_institution": "事业单位",
        },
    ),
    "town_om_blocked": Words("I-13", "乡镇申报运维类项目的", BLOCKS),
    "catalogue_for_every_approval": Words("I-15", "数据资源目录", _flag("所有报批都要", "建设方案不要")),
    "sharing_chapter_in_scheme": Words(
        "I-16", "建设方案缺少共享分析篇章的", {"warn": "只提示", "block": "不予通过", "off": "不检查"}
    ),
    "procurement_review_for_all_methods": Words("I-17", "非招标采购未经采购需求审核的", BLOCKS),
    "adjustment_inclusive": Words("I-44", "恰为调整比例上限的", _flag("不算超过", "算超过")),
    "adjustment_basis": Words(
        "I-21",
        "资金调整数额怎么算",
        {"cumulative_gross": "历次累计", "single_gross": "单次", "single_net": "单次净额"},
    ),
    "holiday_roll": Words(
        "I-47",
        "期限最后一天遇休息日",
        {"nonworking": "顺延，周末算休息日", "statutory": "只在法定节假日顺延", "none": "不顺延"},
    ),
    "trial_operation_unit": Words("I-24", "试运行的“一个月”", {"month": "按月计算", "days30": "按30日"}),
    "half_year_unit": Words("I-25", "申请竣工验收的“半年”", {"months": "6个月", "days183": "183日"}),
    "performance_first_year": Words("I-29", "绩效评价报告第一年是否也报", YES),
    "early_self_evaluation": Words("I-30", "提前的自评价是否受理", YES),
    "evaluation_of_earlier_projects": Words("I-39", "办法施行前验收的项目是否自评价", YES),
    "material_gap_blocks": Words("I-31", "验收资料缺少的", _flag("不予通过，可核准放行", "只提示")),
    "restriction_scope": Words(
        "I-32", "不共享数据的单位受限制的范围", {"unit": "限制整个单位", "system": "只限制该系统的升级改造"}
    ),
    "lifecycle_record_blocks": Words(
        "I-34", "未纳入全生命周期管理系统的", _flag("不予通过，可核准放行", "只提示")
    ),
    "video_gate_steps": Words(
        "I-35",
        "公共视频项目“双把关”的环节",
        {
            "demand_collection": "需求征集",
            "approval_reply": "批复",
            "procurement_review": "采购需求审核",
            "adjustment": "调整",
            "acceptance_conclusion": "验收结论",
        },
    ),
    "joint_review_on_growth": Words("I-49", "调整后达到逐级审核金额的，是否逐级审核", YES),
    "by_reference_rules": Words("I-53", "参照执行的项目", _flag("全部规则都适用", "只审查方案的四个方面")),
    "contract_breach_blocks": Words("I-48", "已签订的合同违反规定的", _flag("不受理", "受理并要求整改")),
}
POLICY: Mapping[str, Mapping[str, str]] = {
    "contract_filing_unit": {"working_days": "工作日", "calendar_days": "自然日"},
    "enforce": {"block": "按办法拦截", "advise": "只提示，不拦截"},
}
UNITS: Mapping[str, str] = {
    "contract_filing_days": "天", "acceptance_filing_days": "天", "plan_filing_days": "天", "extension_max_months": "个月",
    "collection_year": "年", "days_before": "天", "hour": "点", "until_hour": "点", "overdue_every_days": "天",
    "undated_every_days": "天", "unit_head_after_days": "天", "data_bureau_after_days": "天", "per_minute": "条", "max_attempts": "次",
}  # fmt: skip
