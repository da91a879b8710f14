"""A small knowledge base for the demonstration: common consultations, each with the law that answers it."""

from __future__ import annotations

from datetime import date, datetime

from hotline.models import Knowledge
from wangcheng.common import clock
from wangcheng.common.models import Category, User
from wangcheng.common.people.roles import Role

VALID_FROM = date(2022, 1, 4)
ENTRIES = (  # category, question, answer, legal basis
    (
        "040101",
        "适龄儿童入学是否需要考试",
        "义务教育阶段实行免试就近入学，学校不得以考试、测试方式选拔学生。具体学区和报名时间以区教育部门当年公告为准。",
        "《中华人民共和国义务教育法》第十二条",
    ),
    (
        "050301",
        "单位未给职工参加医疗保险怎么办",
        "职工应当参加职工基本医疗保险，由用人单位和职工共同缴费。单位未参保的，可携带劳动关系证明向医保部门反映。",
        "《中华人民共和国社会保险法》第二十三条",
    ),
    (
        "060201",
        "入职后单位多久应当签订劳动合同",
        "建立劳动关系应当订立书面劳动合同；未同时订立的，应当自用工之日起一个月内订立。逾期未签的，可向劳动保障监察机构投诉。",
        "《中华人民共和国劳动合同法》第十条",
    ),
    (
        "010403",
        "农村村民可以申请几处宅基地",
        "农村村民一户只能拥有一处宅基地。建房前应当向村集体经济组织申请，经批准后方可动工。",
        "《中华人民共和国土地管理法》第六十二条",
    ),
    (
        "160101",
        "网上购买的商品能否无理由退货",
        "网络购买的商品，除法律规定的情形外，自收到商品之日起七日内可以退货且无需说明理由，商品应当完好。",
        "《中华人民共和国消费者权益保护法》第二十五条",
    ),
    (
        "110200",
        "居民身份证丢失后如何补领",
        "可到就近的公安派出所或政务服务大厅户政窗口申请补领，需本人到场。",
        "《中华人民共和国居民身份证法》第十一条",
    ),
)


def load_knowledge() -> None:
    """Written by a dispatcher, reviewed by a reviewer, in force since the year's first working day."""
    people = {user.username: user for user in User.objects.filter(username__in=(Role.DISPATCHER, Role.REVIEWER))}
    leaves = Category.objects.filter(scheme="ticket", code__in=[entry[0] for entry in ENTRIES]).select_related("unit")
    categories = {leaf.code: leaf for leaf in leaves}
    written: datetime = clock.at(VALID_FROM, 10)
    centre = people[Role.REVIEWER].organisation
    Knowledge.objects.bulk_create(
        Knowledge(
            question=question,
            answer=answer,
            legal_basis=basis,
            category=categories[code],
            unit=categories[code].unit or centre,
            state=Knowledge.State.REVIEWED,
            valid_from=VALID_FROM,
            written_by=people[Role.DISPATCHER],
            reviewed_by=people[Role.REVIEWER],
            reviewed_at=written,
            updated_at=written,
        )
        for code, question, answer, basis in ENTRIES
    )
