"""Forms of land rounds (供地表单): a correction that is tried or decided, the notice, the state of a supply."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from django import forms

from kaiwu.allot.appeal import ITEM, SCORE, Correction
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.report.allot_page import RoundPaper
from kaiwu.web.wording import pick

WHOLE = "*"
"""The choice of the whole score, where a round has no parts."""


class AppealForm(forms.Form):
    """One corrected part of one project's score, in points as printed."""

    applicant = forms.ChoiceField()
    item = forms.ChoiceField()
    points = forms.CharField(max_length=20)

    def __init__(self, *args: Any, paper: RoundPaper, **more: Any) -> None:
        super().__init__(*args, **more)
        self.paper = paper
        found = paper.placed.round
        who: Any = self.fields["applicant"]
        item: Any = self.fields["item"]
        who.choices = [
            (a.id, f"{paper.name_of(a.id)} · {paper.firm_of(a.id)}") for a in found.applicants if a.is_entered
        ]
        parts = [(code, pick(zh, en)) for code, zh, en in found.rule.items]
        item.choices = parts or [(WHOLE, pick("总分", "the score"))]
        who.label, item.label = pick("项目", "Project"), pick("更正哪一项", "Part corrected")
        self.fields["points"].label = pick("更正后得分", "Corrected score")

    def correction(self) -> Correction:
        """What was stated, in steps of the scale. Raises ``KaiwuError`` for what is no score."""
        told = self.cleaned_data
        try:
            points = Fraction(told["points"].strip())
        except (ValueError, ZeroDivisionError) as error:
            raise KaiwuError(
                Problem(
                    "A-SCORE", "得分要写数字, 如 12.5", "write the score as a number such as 12.5", text=told["points"]
                )
            ) from error
        steps = self.paper.placed.round.rule.scale.count_steps(points)
        field, key = (SCORE, "") if told["item"] == WHOLE else (ITEM, told["item"])
        return Correction(told["applicant"], field, key, steps)
