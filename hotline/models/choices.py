"""The codes of a ticket: states, types, channels, reasons and answers.  Codes go out by REST, labels to people."""

from django.db.models import TextChoices


class State(TextChoices):
    RECEIVED = "received", "待派单"
    DISPATCHED = "dispatched", "待签收"
    HANDLING = "handling", "办理中"
    REVIEW = "review", "待审核"
    CALLBACK = "callback", "待回访"
    CLOSED = "closed", "已办结"
    ARCHIVED = "archived", "归档"
    REJECTED = "rejected", "不予受理"
    MERGED = "merged", "已并单"


OPEN = frozenset({State.RECEIVED, State.DISPATCHED, State.HANDLING, State.REVIEW, State.CALLBACK})
WITH_UNIT = frozenset({State.DISPATCHED, State.HANDLING})  # the unit holds the ball, the handling clock runs
FINAL = frozenset({State.REJECTED})


class Type(TextChoices):
    CONSULT = "consult", "咨询"
    HELP = "help", "求助"
    COMPLAINT = "complaint", "投诉"
    REPORT = "report", "举报"
    SUGGESTION = "suggestion", "建议"
    PRAISE = "praise", "表扬"


class Source(TextChoices):
    PHONE = "phone", "12345电话"
    ONLINE = "online", "12345网络、微信、APP"
    GOVERNOR = "governor", "省长信箱"
    SECRETARY = "secretary", "书记市长信箱"
    STATE = "state", "中国政府网留言"
    PROVINCE = "province", "省级12345"
    XIANGYIBAN = "xiangyiban", "湘易办"
    SITE = "site", "现场"
    DISTRICT = "district", "区级来电"
    MEDIA = "media", "媒体"
    DEPUTIES = "deputies", "人大政协"
    LEADER = "leader", "领导批示"


class Mark(TextChoices):
    HOT = "hot", "热点"
    SENSITIVE = "sensitive", "敏感"
    REPEAT = "repeat", "重复"
    ENTERPRISE = "enterprise", "涉企"
    INSTRUCTION = "leader_instruction", "领导批示"


class RejectReason(TextChoices):
    """The nine reasons of 不予受理."""

    OUTSIDE = "outside_remit", "不属于政府职责范围"
    EMERGENCY = "emergency_line", "应拨打110、119、120等紧急热线"
    OTHER_POWERS = "other_powers", "属党委、人大、政协、法院、检察院、军队职责"
    LITIGATION = "litigation", "已进入诉讼、仲裁、行政复议程序"
    PETITION = "petition", "已进入信访或政府信息公开程序"
    SECRET = "secret", "涉及国家秘密、商业秘密或个人隐私"
    NO_NEW_FACT = "no_new_fact", "已办结且无新的事实和理由"
    ABUSIVE = "abusive", "恶意反映或无实质内容"
    OTHER = "other", "其他不予受理情形"


class Resolved(TextChoices):
    YES = "yes", "解决"
    PARTLY = "partly", "部分解决"
    NO = "no", "未解决"
    NONE = "none", "未作答"


class Satisfaction(TextChoices):
    SATISFIED = "satisfied", "满意"
    BASICALLY = "basically", "基本满意"
    DISSATISFIED = "dissatisfied", "不满意"
    UNRATED = "unrated", "未评价"
    UNREACHABLE = "unreachable", "无法联系"


class Confirmed(TextChoices):
    """属实情况: what the unit found of the facts."""

    YES = "yes", "属实"
    PARTLY = "partly", "部分属实"
    NO = "no", "不属实"


class Asked(TextChoices):
    """A request of the unit and the centre's ruling: extension, exclusion."""

    ASKED = "asked", "待裁定"
    GRANTED = "granted", "同意"
    REFUSED = "refused", "不同意"


class Way(TextChoices):
    PHONE = "phone", "电话"
    VISIT = "visit", "上门"
    MEETING = "meeting", "当面"
    MESSAGE = "message", "短信或微信"


class Outcome(TextChoices):
    CONNECTED = "connected", "接通"
    NO_ANSWER = "no_answer", "无人接听"
    REFUSED = "refused", "拒绝"
    WRONG_NUMBER = "wrong_number", "号码错误"
