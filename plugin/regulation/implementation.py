"""Chapter IV, implementation: procurement, contract, supervision, reports and adjustments (Articles 27 to 38)."""

from __future__ import annotations

from decimal import Decimal

from plugin.regulation import stages as at
from plugin.regulation.adjusting import approval_grounds
from plugin.regulation.checks import FEES, PASSED, UNTESTED, builds, holds_a_dossier, needs
from plugin.regulation.lateness import late
from plugin.regulation.law import Law
from plugin.regulation.pack import Effect
from plugin.regulation.project import Project
from plugin.regulation.verdict import Breach, Mender, rule

TENDERS = (None, "open_tender", "invited_tender")  # an unnamed method counts as one


@rule(
    code="COLLECTED-AGAIN",
    stages=at.DOSSIERS,
    field="collects_data_available_by_sharing",
    message="项目重复采集可以通过共享取得的数据，原则上不应重复采集。",
    remedy="请改为申请共享数据；确需采集的，在材料中说明理由。",
)
def shared_data_is_not_collected_again(project: Project, _law: Law) -> Breach | None:
    """What sharing provides is in principle not collected again (I-52)."""
    return Breach() if project.collects_data_available_by_sharing else None


IMPLEMENTING_BODY = needs(
    "IMPLEMENTING-BODY",
    {at.CONTRACT, at.START},
    "implementing_body",
    "没有确定项目实施机构。",
    "请填写本单位负责项目实施的机构（科室）。",
)
RESPONSIBLE = needs(
    "RESPONSIBLE-PERSON",
    {at.CONTRACT, at.START},
    "responsible_person",
    "没有确定项目责任人。",
    "请填写项目责任人的姓名。",
)


def requirement_reviewed(project: Project) -> bool:
    return project.procurement_review_result == PASSED


@rule(
    code="REQUIREMENT-REVIEW",
    stages={at.TENDER},
    field="procurement_review_result",
    message="采购需求尚未经数据资源局审核通过（目前：{result}），不能开始采购。",
    remedy="请先提交采购需求审核，审核通过后再开始招标采购。",
)
def requirement_reviewed_before_tender(project: Project, law: Law) -> Breach | None:
    """Submitted is not enough: it has passed (I-17). A purchase other than a tender is pointed out."""
    if requirement_reviewed(project):
        return None
    strict = project.procurement_method in TENDERS or law.readings.procurement_review_for_all_methods
    result = project.procurement_review_result
    return Breach(missing=("procurement_review",), result=result, effect=None if strict else Effect.WARN)


@rule(
    code="CONTRACT-NO-REVIEW",
    stages={at.CONTRACT},
    field="contract_no",
    message="合同签订前采购需求没有经数据资源局审核通过，备案照常受理并记录。",
    remedy="请补交采购需求；数据资源局将据此要求限期整改。",
)
def requirement_reviewed_before_contract(project: Project, _law: Law) -> Breach | None:
    """A contract signed without the review is taken and flagged (I-48)."""
    return None if requirement_reviewed(project) else Breach(missing=("procurement_review",))


def has_no_reason(project: Project, law: Law) -> bool:
    return builds(project, law) and not project.no_supervision_reason


SUPERVISION = needs(
    "SUPERVISION",
    {at.CONTRACT, at.START},
    "supervision_firm",
    "没有委托监理单位，项目原则上实行监理制。",
    "请委托监理单位并填写名称；确不需要监理的，说明理由。",
    applies=has_no_reason,
)


def needed(project: Project, need: str) -> bool:
    """Whether the test is needed; the level of classified protection says it for the first."""
    stated: bool | None = getattr(project, need)
    if stated is None and need == "needs_mlps":
        return project.mlps_level not in (None, *UNTESTED)
    return bool(stated)


@rule(
    code="TEST-FEES",
    stages=at.DOSSIERS,
    field="cost_items",
    message="投资构成中没有列入以下费用：{absent}。",
    remedy="需要开展的等保测评、密评、第三方测试，费用应当纳入投资概算，请在投资构成中逐项列出。",
)
def test_fees_are_in_the_estimate(project: Project, _law: Law) -> Breach | None:
    """Whatever must be tested has its fee in the estimate."""
    listed = {row["item"] for row in project.cost_items}
    absent = [f"{item}_fee" for need, item in FEES.items() if needed(project, need) and item not in listed]
    return Breach(missing=absent, absent=absent) if absent else None


@rule(
    code="COST-SUM",
    stages=at.DOSSIERS,
    field="total_investment_yuan",
    message="项目总投资{total}与投资构成合计{summed}不一致。",
    remedy="请核对投资构成各项金额，使合计等于项目总投资。",
)
def total_is_the_sum_of_its_items(project: Project, _law: Law) -> Breach | None:
    """The total holds everything, the fees included."""
    total = project.total_investment_yuan
    summed = sum((row["amount_yuan"] for row in project.cost_items), Decimal(0))
    return (
        Breach(total=total, summed=summed)
        if total is not None and project.cost_items and total != summed
        else None
    )


@rule(
    code="TESTS-BUNDLED",
    stages={at.CONTRACT, at.PROCUREMENT},
    field="bundles",
    message="以下测评没有由项目建设单位单独采购：{bundled}。",
    remedy="测评应当由建设单位独立采购，请从本合同中分出；已经签订的，备案照常受理并记录。",
)
def tests_are_bought_separately(project: Project, law: Law) -> Breach | None:
    """Tests are not bought with the system that they test (I-48)."""
    if law.stage == at.PROCUREMENT:
        needing = [item for need, item in FEES.items() if needed(project, need)]
        if project.independent_tests is not False or not needing:
            return None
        return Breach(
            bundled=needing, field="independent_tests", effect=Effect.BLOCK
        )  # nothing is signed yet
    bundled = [item for item in FEES.values() if item in project.contract_bundles]
    effect = Effect.BLOCK if law.readings.contract_breach_blocks else None
    return Breach(bundled=bundled, effect=effect) if bundled and len(project.contract_bundles) > 1 else None


SECURE_PRODUCTS = needs(
    "SECURE-PRODUCTS",
    {*at.DOSSIERS, at.REPLY},
    "secure_products_statement",
    "没有对软硬件产品安全可靠情况的说明。",
    "请说明拟采用的软硬件产品安全可靠的情况并上传。",
    applies=holds_a_dossier,
)


def needs_crypto(project: Project, law: Law) -> bool:
    return builds(project, law) and bool(project.needs_crypto_assessment)


CRYPTO_PLAN = needs(
    "CRYPTO-PLAN",
    {at.FEASIBILITY, at.DESIGN, at.MERGED},
    "crypto_plan",
    "项目需要开展密码应用安全性评估，却没有密码应用方案。",
    "密码保障系统应当同步规划、同步建设、同步运行，请上传密码应用方案。",
    applies=needs_crypto,
)


@rule(
    code="ADJUSTMENT-APPROVAL",
    stages={at.ADJUSTMENT},
    field="amount_yuan",
    message="本次调整不能由项目建设单位自行决定：{grounds}。",
    remedy="请履行审批手续，由项目审批部门批准后再调整。",
    mender=Mender.BUREAU,
)
def unit_may_adjust_by_itself(project: Project, law: Law) -> Breach | None:
    """Within estimate, objectives, share of the estimate and one of the three circumstances (I-20)."""
    grounds = tuple(approval_grounds(project, law))
    return Breach(grounds=grounds) if grounds else None


RULES = (
    shared_data_is_not_collected_again,
    IMPLEMENTING_BODY,
    RESPONSIBLE,
    requirement_reviewed_before_tender,
    requirement_reviewed_before_contract,
    SUPERVISION,
    test_fees_are_in_the_estimate,
    total_is_the_sum_of_its_items,
    tests_are_bought_separately,
    SECURE_PRODUCTS,
    CRYPTO_PLAN,
    unit_may_adjust_by_itself,
    late(
        "contract_filing",
        at.CONTRACT,
        "contract_no",
        "合同于{anchored}签订，应于{last}前备案，本次备案已超过期限。",
    ),
    late(
        "adjustment_filing",
        at.ADJUSTMENT,
        "effective_on",
        "调整自{anchored}起实施，应当同时备案，本次备案晚于实施日期。",
    ),
)
