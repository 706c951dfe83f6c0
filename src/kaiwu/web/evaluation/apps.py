"""The app of evaluations."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    """Evaluations (年度评价)."""

    name = "kaiwu.web.evaluation"
    label = "kaiwu_evaluation"
