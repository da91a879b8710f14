"""What each step of a ticket asks for.  The fields are the action's keyword arguments; pages and REST use the same."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.template.loader import render_to_string
from django.utils.functional import lazy

from hotline import lookups, placing, twins
from hotline.choosers import (
    AreaField,
    CategoryField,
    KnowledgeField,
    MarksField,
    TicketField,
    TwinChoice,
    UnitField,
    UnitsField,
    YesNoField,
    choose_from,
)
from hotline.models import choices
from hotline.plans.ending import contradiction
from hotline.suggesting import suggest
from hotline.widgets import villages
from wangcheng.common.casework.attachments import CheckedFiles
from wangcheng.common.casework.doors import ReasonForm, StepForm

if TYPE_CHECKING:
    from grid.places import Resolved
    from hotline.suggesting import Suggestion
    from wangcheng.common.models import Area, Organisation


def words(label: str, *, rows: int = 3, most: int = 2000, **kwargs: Any) -> forms.CharField:
    """A box for text."""
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


def pick(label: str, of: Any, *, stacked: bool = False, **kwargs: Any) -> forms.ChoiceField:
    """One of the choices, none chosen beforehand; long ones stand below each other."""
    widget = forms.RadioSelect(attrs={"class": "stacked"} if stacked else {})
    return forms.ChoiceField(label=label, choices=of.choices, widget=widget, **kwargs)


class TicketForm(StepForm):
    """A step of a ticket; its choosers offer what is in force today.

    Without a user only the fields are asked for (OpenAPI), at a time when there may be no database.
    """

    note = words("说明", most=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.user is not None:
            choose_from(self, self.user)


class DispatchForm(TicketForm):
    """派单."""

    unit = UnitField(label="主办单位")
    elsewhere = forms.BooleanField(
        label="主办单位不在事项所在地，已核对，仍派给该单位", required=False, widget=forms.HiddenInput
    )
    minds_place = forms.BooleanField(
        label="主办单位不在事项所在地时，先要求确认", required=False, widget=forms.HiddenInput
    )
    co_units = UnitsField(label="协办单位", required=False)
    category = CategoryField(label="分类", required=False)
    area = AreaField(label="村（社区）或三级网格", required=False)
    marks = MarksField()
    field_order = ("unit", "elsewhere", "co_units", "category", "area", "marks", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case is None:
            return
        self.initial.setdefault("category", self.case.category.code if self.case.category else None)
        self.initial.setdefault("area", self._place)  # asked for only where the form is drawn, like the choices
        self.initial.setdefault("unit", self._likely)
        self.initial.setdefault("marks", self.case.marks)
        self.initial.setdefault("minds_place", True)  # the page asks again; a program says so if it wants to be asked
        self.fields["unit"].help_text = lazy(self._advice, str)()
        self.fields["area"].widget.choices = self._near
        if not self.is_bound:
            self.fields["area"].help_text = lazy(self._hint, str)()

    def full_clean(self) -> None:
        """What was sent needs no hint; only where it is shown again."""
        super().full_clean()
        if self.is_bound and self.errors and self.case is not None:
            self["area"].help_text = self._hint()

    def notice(self) -> str:
        """What the dispatcher should look at first; asked for only where the form is drawn."""
        if self.case is None or self.user is None:
            return ""
        found = twins.of_others(self.case, self.user)
        return render_to_string("hotline/parts/twins.html", {"twins": found}) if found else ""

    def _place(self) -> str | None:
        place = self.case.grid or self.case.village
        return place.code if place else None

    def _likely(self) -> str | None:
        return self._suggestion.unit.code if self._suggestion else None

    def _advice(self) -> str:
        return f"{self._suggestion}，改选其他单位的将记入流转记录。" if self._suggestion else ""

    @cached_property
    def _suggestion(self) -> Suggestion | None:
        """派单建议, as it was offered."""
        return suggest(self.case, self._candidates)

    @cached_property
    def _candidates(self) -> list[Resolved]:
        """地点识别, where intake could not be sure."""
        return placing.candidates(self.case) if self.case.village_id is None else []

    def _hint(self) -> str:
        """What the words may mean, for the eye; nothing is chosen beforehand."""
        return f"按文中地名可能是：{'；'.join(map(_meaning, self._candidates))}。" if self._candidates else ""

    def _near(self) -> list[Any]:
        """The page offers what the words may mean, and all villages under their towns; REST may name any."""
        likely = [(one.area.code, _meaning(one)) for one in self._candidates]
        return [("", "不明确"), *([("按文中地名识别", likely)] if likely else []), *villages()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.case is not None:
            cleaned["suggested"] = self._suggestion
        unit, others = cleaned.get("unit"), cleaned.get("co_units")
        if unit is not None and others is not None and unit in others:
            self.add_error("co_units", "主办单位不能同时是协办单位。")
        minds = cleaned.pop("minds_place", False) and not cleaned.get("elsewhere")
        if minds and unit is not None and self.case is not None:
            self._mind_place(unit, cleaned.get("area"))
        return cleaned

    def _mind_place(self, unit: Organisation, area: Area | None) -> None:
        """Ask once more where the unit is not the place's; the line to tick appears only then."""
        case = self.case
        columns = lookups.place_columns(area) if area else {"town_id": case.town_id, "village_id": case.village_id}
        place = lookups.beyond(unit, columns["town_id"], columns["village_id"])
        if place is None:
            return
        self.fields["elsewhere"].widget = forms.CheckboxInput()
        where = lookups.place_words(place)
        self.add_error(
            "elsewhere", f"主办单位{unit}不在事项所在的{where}，请核对；确需派给该单位的，请勾选后再次提交。"
        )


def _meaning(one: Resolved) -> str:
    """静慎村第2网格（茶亭镇静慎村，置信度64%：文中“静慎”是村（社区）简称）."""
    above = f"{one.town.short_name}{one.village.short_name if one.village and one.grid else ''}"
    return f"{one.area}（{above}，置信度{one.confidence:.0%}：{one.reason}）"


class ReturnForm(TicketForm):
    """申请退单."""

    return_unit = UnitField(label="建议改派单位")
    return_basis = words("退单依据（法律法规或职责文件）", most=500)
    field_order = ("return_unit", "return_basis", "note")


class RulingForm(TicketForm):
    """裁定: granted or not, with a reason when refused."""

    granted = YesNoField(label="裁定", yes="同意", no="不同意")
    field_order = ("granted", "note")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("granted") is False and not cleaned.get("note"):
            self.add_error("note", "不同意时请写明理由。")
        return cleaned


class RejectForm(TicketForm):
    """不予受理."""

    reason = pick("不予受理情形", choices.RejectReason, stacked=True)
    right_channel = forms.CharField(label="告知来电人应走的渠道", max_length=200)
    field_order = ("reason", "right_channel", "note")


class AnswerForm(TicketForm):
    """当场答复."""

    knowledge = KnowledgeField("reply", label="引用知识", required=False)
    reply = words("答复内容", rows=5, help_text="选定知识后填入其答复，可按来电人的情况修改")
    field_order = ("knowledge", "reply", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case is not None:
            self.fields["knowledge"].offer(self.case.category)  # type: ignore[attr-defined]


class ContactForm(TicketForm):
    """联系: the time is now."""

    way = pick("联系方式", choices.Way)
    outcome = pick("联系结果", choices.Outcome)
    field_order = ("way", "outcome", "note")


class ProgressForm(ReasonForm):
    """阶段反馈: words and photos."""

    note = words("进展情况")
    photos = CheckedFiles(label="照片或文件")


class ExtendForm(TicketForm):
    """申请延期."""

    days = forms.IntegerField(label="延期工作日", min_value=1, max_value=60)
    note = words("延期理由", most=500)
    field_order = ("days", "note")


class AssistForm(TicketForm):
    """会办."""

    answer = words("会办意见", rows=5)
    field_order = ("answer", "note")


class FinishForm(TicketForm):
    """办结申请."""

    confirmed = pick("属实情况", choices.Confirmed)
    facts = words("查明事实")
    measures = words("处理措施")
    legal_basis = words("法律政策依据", required=False)
    resolved = forms.ChoiceField(
        label="是否解决",
        choices=[choice for choice in choices.Resolved.choices if choice[0] != "none"],
        widget=forms.RadioSelect,
    )
    reply = words("答复来电人内容", rows=4)
    photos = CheckedFiles(label="照片或文件")
    field_order = ("confirmed", "facts", "measures", "legal_basis", "resolved", "reply", "photos", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case is not None and self.case.first_finished_at and not self.is_bound:
            self.initial.update(self._said_before())

    def _said_before(self) -> dict[str, Any]:
        """The unit's own last answer, sent back or to be given anew; whether it is solved now is for a new round to say."""
        own = self.user.acting.organisation_id if self.user is not None and self.user.acting is not None else None
        rows = self.case.answers.filter(organisation_id__in=[own, self.case.unit_id]).order_by("-at", "-pk")
        kept = ["confirmed", "facts", "measures", "legal_basis", "reply"]
        last = rows.values("round", "resolved", *kept).first()
        if last is None:
            return {}
        again = ["resolved"] if last["round"] == self.case.round else []
        return {name: last[name] for name in [*kept, *again]}


class ReviewForm(TicketForm):
    """审核."""

    passed = YesNoField(label="审核结果", yes="通过，转回访", no="不通过，退回承办单位")
    field_order = ("passed", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].help_text = "不通过时必填"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("passed") is False and not cleaned.get("note"):
            self.add_error("note", "不通过的，请在说明中写明原因。")
        return cleaned


class CallbackForm(TicketForm):
    """回访: two questions, both asked, none answered beforehand."""

    resolved = pick("是否解决", choices.Resolved)
    satisfaction = pick("是否满意", choices.Satisfaction)
    at_fault = forms.BooleanField(
        label="属承办单位责任，退回重办",
        required=False,
        help_text="未解决、不满意本身不退回重办：属承办单位责任、须重办的，请勾选；不勾选的，工单就此办结",
    )
    field_order = ("resolved", "satisfaction", "at_fault", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].help_text = "未解决、不满意时必填"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        resolved, satisfaction = cleaned.get("resolved"), cleaned.get("satisfaction")
        if resolved and satisfaction and (problem := contradiction(resolved, satisfaction)):
            self.add_error("resolved", problem)
        said = {
            choices.Resolved(cleaned["resolved"]).label if cleaned.get("resolved") == choices.Resolved.NO else "",
            "不满意" if cleaned.get("satisfaction") == choices.Satisfaction.DISSATISFIED else "",
        } - {""}
        if said and not cleaned.get("note"):
            self.add_error("note", f"来电人答复{'、'.join(sorted(said, reverse=True))}的，请在说明中写明原因。")
        return cleaned


class MergeForm(TicketForm):
    """合并."""

    parent = TicketField(label="并入的工单编号", widget=TwinChoice)
    different = forms.BooleanField(
        label="两件工单不是同一村（社区）或同一类型，已核对属同一事项", required=False, widget=forms.HiddenInput
    )
    minds_difference = forms.BooleanField(
        label="两件工单的村（社区）或类型不同时，先要求确认", required=False, widget=forms.HiddenInput
    )
    field_order = ("parent", "different", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case is not None and self.user is not None:
            self.initial.setdefault("minds_difference", True)
            widget = cast("TwinChoice", self.fields["parent"].widget)
            widget.twins = partial(twins.to_merge_into, self.case, self.user)

    def clean(self) -> dict[str, Any]:
        """Ask once more where the two differ; the line to tick appears only then."""
        cleaned = super().clean() or {}
        parent, chosen = cleaned.get("parent"), self.data.get("parent_chosen")
        if parent is not None and chosen and chosen != parent.number:
            self.add_error("parent", "填写的编号与选中的工单不同，请只保留一个。")
        minds = cleaned.pop("minds_difference", False) and not cleaned.get("different")
        if not minds or parent is None or self.case is None:
            return cleaned
        if differs := twins.difference(self.case, parent):
            self.fields["different"].widget = forms.CheckboxInput()
            self.add_error("different", f"两件工单的{differs}不同，请核对；确属同一事项的，请勾选后再次提交。")
        return cleaned


class CorrectForm(TicketForm):
    """更正: only what is filled in is changed."""

    resolved = forms.ChoiceField(label="是否解决", choices=[("", "不更正"), *choices.Resolved.choices], required=False)
    satisfaction = forms.ChoiceField(
        label="是否满意", choices=[("", "不更正"), *choices.Satisfaction.choices], required=False
    )
    confirmed = forms.ChoiceField(
        label="属实情况", choices=[("", "不更正"), *choices.Confirmed.choices], required=False
    )
    category = CategoryField(label="分类", required=False)
    area = AreaField(label="村（社区）或三级网格", required=False)
    marks = MarksField()
    note = words("更正理由", most=500)
    field_order = ("resolved", "satisfaction", "confirmed", "category", "area", "marks", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.case is not None:
            self.initial.setdefault("marks", self.case.marks)
