"""The invented year's money: budgets, twelve months of payments, the maintenance contract, the rewards to the towns.

Fund totals are the published ones; what each payment was for is made up.  Basic expenditure has no published budget: the
one here is marked as assumed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from budget import actions
from budget.models import (
    Budget,
    Contract,
    ContractNode,
    Fund,
    Honour,
    IssuedDocument,
    Payment,
    PerformanceTable,
    Reward,
    ScopeReduction,
)
from budget.performance import default_tables
from budget.tasks import SETTLE
from wangcheng.common import clock
from wangcheng.common.casework.bulk import insert
from wangcheng.common.models import Area, Job, NumberSequence, User
from wangcheng.demo import targets
from wangcheng.demo.chance import apportion, dice
from wangcheng.demo.quarters import QUARTERS

YEAR = 2022
WAN = 10000
FUNDS = (  # code, name, kind, meant for towns and villages, budget in 万元, assumed
    ("personnel", "人员经费", Fund.Kind.BASIC, False, Decimal("380.00"), True),
    ("public", "公用经费", Fund.Kind.BASIC, False, Decimal("20.00"), True),
    ("subsidies", "对个人和家庭的补助", Fund.Kind.BASIC, False, Decimal("0.00"), True),
    ("hotline_grid", "“热线+网格、吹哨+报到”专项", Fund.Kind.SPECIAL, True, targets.FUNDS["hotline_grid"][0], False),
    ("daily", "社会治理日常事务", Fund.Kind.SPECIAL, False, targets.FUNDS["daily"][0], False),
    ("maintenance", "社会治理系统运行维护", Fund.Kind.SPECIAL, False, targets.FUNDS["maintenance"][0], False),
)
AFFAIRS = ("热线坐席服务", "办公场地物业", "网格宣传培训", "平台通信费用", "印刷与资料", "督查与评估服务")
APPROPRIATED = (date(2022, 4, 27), date(2022, 7, 26), date(2022, 10, 27), date(2022, 12, 29))
CONTRACT_YUAN = Decimal("500000.00")
NODES = (  # name, share, day, score, taken out of scope
    ("第一次付款", Decimal("40.00"), date(2022, 4, 20), Decimal("95.00"), Decimal(0)),
    ("第二次付款", Decimal("60.00"), date(2022, 11, 10), Decimal("87.50"), Decimal("180000.00")),
)
WHOLE_TABLE = (
    "建成运行高效的社会治理体系，及时受理和解决群众诉求。",
    "年度各项任务按计划完成，热线办理和网格治理质效提升。",
    "系统运行维护专项支出少于预算：运维合同按考核得分付款，停用设备核减了运维费用。次年按实际运行情况调整预算。",
)
TABLES = {  # fund: goal, achieved, reason of the execution rate
    "hotline_grid": (
        "按季度开展零投诉评比和网格考核，奖励按时足额到位。",
        "四个季度评比考核完成，奖励资金全部拨付。",
        "",
    ),
    "daily": ("保障热线受理、培训、督查等日常工作正常开展。", "日常工作保障到位。", ""),
    "maintenance": (
        "保障社会治理平台和视频资源稳定运行。",
        "平台运行平稳，视频点位按要求接入。",
        "运维合同按考核得分付款；网络迁移至政务外网、平台迁至云平台后停用设备不再运维。次年按设备实际运行情况调减预算。",
    ),
}
DOCUMENTS = (
    ("长沙市望城区“热线+网格、吹哨+报到”工作考核办法（试行）", date(2022, 3, 1), "区委办公室、区政府办公室"),
    ("关于推进党建引领“热线+网格、吹哨+报到”工作的实施方案（试行）", date(2022, 2, 25), "区委办公室"),
    ("关于做好“雷锋哨”信息采集工作的通知", date(2022, 3, 10), "区社会治理服务中心"),
    ("关于进一步加强城市楼盘社区四级网格建设的实施方案（试行）", date(2022, 5, 20), "区委办公室"),
    ("望城区智慧社区建设技术导则（试行）", date(2022, 6, 15), "区社会治理服务中心"),
    (
        "关于党建引领“热线+网格、吹哨+报到”工作示范社区创建的实施方案",
        date(2022, 10, 31),
        "区社会治理服务中心",
    ),
)
HONOURS = (
    (Honour.Kind.AWARD, "“服务精进典范”", "2022年全国第六届12345政务服务便民热线", date(2022, 8, 18)),
    (Honour.Kind.AWARD, "“基层治理活力典范”", "2022年第十二届数据智能应用", date(2022, 9, 8)),
    (Honour.Kind.AWARD, "“2022数字政府管理创新”", "2022年中国数字经济城市峰会", date(2022, 11, 25)),
    (Honour.Kind.MEDIA, "政法智能化建设创新案例", "法治日报", date(2022, 7, 20)),
    (Honour.Kind.MEDIA, "“雷锋哨”基层治理经验", "湖南日报", date(2022, 6, 9)),
)


def load_money(seed: int) -> None:
    """Everything the report's money is counted from."""
    funds = {code: _fund(code, *rest) for code, *rest in FUNDS}  # type: ignore[arg-type]
    rows = list(_payments(funds, seed))
    insert(Payment, [{**row, "number": f"ZF{YEAR}-{place:05}"} for place, row in enumerate(rows, start=1)])
    NumberSequence.objects.create(key=f"payment-{YEAR}", last=len(rows))
    _contract(funds["maintenance"])
    _rewards(funds["hotline_grid"])
    _records()
    _tables()


def _tables() -> None:
    """Performance tables with their default indicators; what fell short says why."""
    default_tables(YEAR)
    tables = PerformanceTable.objects.filter(year=YEAR)
    for code, (goal, achieved, reason) in TABLES.items():
        tables.filter(fund__code=code).update(goal=goal, achieved=achieved, execution_reason=reason)
    goal, achieved, reason = WHOLE_TABLE
    tables.filter(fund=None).update(goal=goal, achieved=achieved, execution_reason=reason)


def _fund(code: str, name: str, kind: str, public: bool, wan: Decimal, assumed: bool) -> Fund:
    fund = Fund.objects.create(code=code, name=name, kind=kind, is_public=public)
    Budget.objects.create(
        fund=fund,
        year=YEAR,
        amount=wan * WAN,
        document_number="" if assumed else f"望财预〔{YEAR}〕1号",
        decided_on=date(YEAR, 1, 20),
        recorded_at=clock.at(date(YEAR, 1, 20), 16),
        invented=assumed,
    )
    return fund


def _payments(funds: dict[str, Fund], seed: int) -> Iterator[dict[str, object]]:
    """Month by month, each fund's parts adding up to its published use."""
    chance = dice(seed, "money")
    vehicle = targets.THREE_PUBLIC * WAN
    contract = CONTRACT_YUAN * targets.CONTRACT_PAID_SHARE / 100
    plans = (
        ("personnel", targets.BASIC_PERSONNEL * WAN, Payment.Kind.SALARY, ("工资福利与社会保障缴费",)),
        ("public", targets.BASIC_PUBLIC * WAN - vehicle, Payment.Kind.OFFICE, ("办公与工会经费", "其他交通费用")),
        ("public", vehicle, Payment.Kind.VEHICLE, ("公务用车运行维护",)),
        ("daily", targets.FUNDS["daily"][1] * WAN, Payment.Kind.AFFAIRS, AFFAIRS),
        ("maintenance", targets.FUNDS["maintenance"][1] * WAN - contract, Payment.Kind.OTHER, ("平台测试环境维护",)),
    )
    for code, yuan, kind, purposes in plans:
        parts = [(month, purpose) for month in range(1, 13) for purpose in purposes]
        cents = apportion(int(yuan * 100), [chance.uniform(0.7, 1.3) for _ in parts], least=1)
        for (month, purpose), amount in zip(parts, cents, strict=True):
            at = clock.at(date(YEAR, month, chance.randint(10, 28)), 15)
            yield {
                "fund_id": funds[code].pk,
                "budget_year": YEAR,
                "kind": kind.value,
                "amount": Decimal(amount) / 100,
                "payee": "中心职工" if kind == Payment.Kind.SALARY else "供应商（演示）",
                "purpose": f"{month}月{purpose}",
                "three_public": kind == Payment.Kind.VEHICLE,
                "state": Payment.State.PAID.value,
                "requested_at": at,
                "approved_at": at,
                "paid_at": at,
                "voucher": f"记{month:02}-{chance.randrange(1, 400):03}",
                "live": True,
            }


def _contract(fund: Fund) -> None:
    """信息化硬件运维: paid by score, with what was moved to other systems taken out."""
    finance = User.objects.get(username="finance")
    contract = Contract.objects.create(
        number="望社治合〔2021〕8号",
        name="中心信息化硬件运维服务",
        fund=fund,
        supplier="运维服务商（演示）",
        amount=CONTRACT_YUAN,
        starts_on=date(2021, 10, 14),
        ends_on=date(2022, 10, 13),
        invented=True,
    )
    for place, (name, share, day, score, reduction) in enumerate(NODES, start=1):
        node = ContractNode.objects.create(contract=contract, place=place, name=name, share=share, due_on=day)
        if reduction:
            ScopeReduction.objects.create(
                contract=contract,
                node=node,
                amount=reduction,
                reason="网络迁移至政务外网，停用的网络安全设备和硬件不再运维",
                decided_on=day,
            )
        with clock.frozen(clock.at(day, 10)):
            actions.score_node(node.pk, score, by=finance)
            payment = actions.request_node(node.pk, budget_year=YEAR, by=finance)
            actions.approve_payment(payment.pk, by=None)
            actions.pay(payment.pk, voucher=f"记{day.month:02}-合{place}", by=finance)


def _rewards(fund: Fund) -> None:
    """Each quarter's final results become rewards, are appropriated to the towns and signed for by the villages."""
    finance, leader = User.objects.get(username="finance"), User.objects.get(username="leader")
    towns = list(Area.objects.filter(level=Area.Level.TOWN, valid_to=None).order_by("code"))
    for (quarter, *_), day in zip(QUARTERS, APPROPRIATED, strict=True):
        with clock.frozen(clock.at(day, 10)):
            actions.settle_rewards(quarter, by=finance)
            for number, town in enumerate(towns, start=1):
                document = f"望社治拨〔{YEAR}〕{quarter[-1]}-{number:02}号"
                asked = actions.appropriate(quarter, town, fund=fund, document_number=document, day=day, by=finance)
                actions.rule_appropriation(asked.pk, by=leader, note="同意")
                actions.pay_appropriation(asked.pk, voucher=f"记{day.month:02}-拨{number:02}", by=finance)
        Reward.objects.filter(quarter=quarter).update(received_on=day)
    Job.objects.filter(kind=SETTLE, state=Job.State.QUEUED).delete()  # asked for by the final results, done above


def _records() -> None:
    IssuedDocument.objects.bulk_create(
        [IssuedDocument(title=title, issued_on=day, issuer=issuer) for title, day, issuer in DOCUMENTS]
    )
    Honour.objects.bulk_create(
        [Honour(kind=kind, title=title, giver=giver, day=day) for kind, title, giver, day in HONOURS]
    )
