"""Forms of the market (供需表单): what is looked for, the terms of a round, a step of a pair."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django import forms

from kaiwu.match.assignment import Limits
from kaiwu.match.funnel import REFUSALS, STAGES
from kaiwu.match.funnel.stage import REFUSED
from kaiwu.match.invitation import Terms
from kaiwu.match.record import MatchKind
from kaiwu.quantity import KaiwuError, find_unit, parse_quantity, to_grain
from kaiwu.web.market.queries import KINDS, stage_words
from kaiwu.web.market.services import RoundTerms, Step
from kaiwu.web.wording import pick

PERCENT_WORDS = 100


def _label(form: forms.Form, labels: dict[str, str]) -> None:
    for name, label in labels.items():
        form.fields[name].label = label


class SearchForm(forms.Form):
    """A need as somebody types it."""

    kind = forms.ChoiceField()
    title = forms.CharField(max_length=200)
    text = forms.CharField(max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    when = forms.CharField(max_length=500, required=False)
    region = forms.CharField(max_length=60, required=False)
    certificate = forms.CharField(max_length=100, required=False)

    def __init__(self, *args: Any, kinds: Sequence[MatchKind], **more: Any) -> None:
        super().__init__(*args, **more)
        kind: Any = self.fields["kind"]
        kind.choices = [(k.value, pick(*KINDS[k])) for k in kinds]
        _label(self, {"kind": pick("类别", "Kind"), "title": pick("要什么", "What is wanted"), "text": pick("补充说明", "More words"), "when": pick("硬性条件", "Hard conditions"),
                      "region": pick("所在区域", "Place"), "certificate": pick("所要证书", "Certificates")})  # fmt: skip
        self.fields["when"].help_text = pick(
            "如: 面积 >= 2000平方米 且 楼面荷载 >= 1吨/平方米",
            "for example 面积 >= 2000平方米 且 楼面荷载 >= 1吨/平方米",
        )
        self.fields["region"].help_text = pick(
            "区划代码前几位, 以空格分开", "leading digits of codes of places, apart by spaces"
        )


class RoundForm(forms.Form):
    """The terms of an invitation round."""

    event = forms.CharField(max_length=80)
    section = forms.CharField(max_length=80, required=False)
    buyers = forms.MultipleChoiceField(required=False, widget=forms.SelectMultiple(attrs={"size": 6}))
    local = forms.CharField(max_length=60)
    places = forms.IntegerField(min_value=1, max_value=50, initial=3)
    capacity = forms.IntegerField(min_value=0, max_value=1000, initial=5)
    small_share = forms.IntegerField(min_value=0, max_value=PERCENT_WORDS, initial=0)
    per_buyer = forms.IntegerField(min_value=1, max_value=1000, required=False)
    candidates = forms.IntegerField(min_value=1, max_value=100, initial=8)

    def __init__(self, *args: Any, buyers: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        chosen: Any = self.fields["buyers"]
        chosen.choices = buyers
        _label(self, {
            "event": pick("活动", "Event"), "section": pick("科室", "Section"), "buyers": pick("采购单位(不选为全部)", "Buyers (none chosen: all)"), "local": pick("本地区划代码", "Codes of local places"),
            "places": pick("每项需求邀几家", "Firms for a need"), "capacity": pick("余量不详时假定(项)", "Capacity where not known"), "small_share": pick("中小企业预留(%)", "Share of small firms (%)"),
            "per_buyer": pick("同一采购方给同一供应商至多", "Most of one buyer for one supplier"), "candidates": pick("每项比较几家", "Suppliers compared for a need"),
        })  # fmt: skip
        self.fields["places"].help_text = pick("需求自己写明的以需求为准", "where the need does not say")
        self.fields["capacity"].help_text = pick(
            "0 为不参加; 名单上会写明假定了几家", "0: takes no part; the list says how many were assumed"
        )

    def terms(self) -> RoundTerms:
        """What was stated."""
        told = self.cleaned_data
        limits = Limits(Fraction(told["small_share"], PERCENT_WORDS), told["per_buyer"])
        terms = Terms(limits, told["places"], told["capacity"] or None, told["candidates"], told["event"])
        return RoundTerms(told["event"], told["section"], tuple(told["buyers"]), tuple(told["local"].split()), terms)


class StepForm(forms.Form):
    """A step of a pair; amounts in 10,000 yuan unless a unit stands with them."""

    stage = forms.ChoiceField()
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    amount = forms.CharField(max_length=40, required=False)
    logistics = forms.CharField(max_length=40, required=False)
    reason = forms.ChoiceField(required=False)
    note = forms.CharField(max_length=500, required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        stage, reason = (self.fields[name] for name in ("stage", "reason"))
        stage.choices = [(code, stage_words(code)) for code in (*(s.value for s in STAGES[1:]), REFUSED)]  # type: ignore[attr-defined]
        reason.choices = [("", "—"), *((code, pick(*words)) for code, words in REFUSALS.items())]  # type: ignore[attr-defined]
        _label(self, {"stage": pick("环节", "Stage"), "day": pick("日期", "Day"), "amount": pick("金额(万元)", "Amount (10,000 yuan)"), "logistics": pick("物流成本(万元)", "Logistics (10,000 yuan)"),
                      "reason": pick("谢绝原因", "Reason of a refusal"), "note": pick("说明", "Note")})  # fmt: skip

    def step(self) -> Step:
        """What was stated. Raises ``KaiwuError`` for an amount that is none."""
        told = self.cleaned_data
        return Step(
            told["stage"],
            told["day"],
            _fen(told["amount"]),
            _fen(told["logistics"]),
            told["reason"] or None,
            told["note"] or None,
        )


def _fen(text: str) -> int | None:
    wan = find_unit("万元")
    return (
        to_grain(parse_quantity(text, default_unit=wan, dimension=wan.dimension).base, Fraction(1))
        if text.strip()
        else None
    )


def add_problems(form: forms.Form, error: KaiwuError, field: str | None = None) -> None:
    """What is wrong, on the form where it was typed, with a mark under the place in the text."""
    for problem in error.problems:
        where = f" ▸ {problem.text[problem.at : problem.at + 12]}" if problem.at is not None and problem.text else ""
        form.add_error(field, pick(problem.zh, problem.en) + where)
