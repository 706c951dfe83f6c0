"""Weights learnt from confirmed links (学习权重), by LightGBM (MIT): an extra, never needed to resolve.

Owns fitting, and the model as a text file with its version. Whoever confirmed the links is the record of the review queue.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kaiwu.identity.linking.encoding import Floats
from kaiwu.identity.linking.measure import Measures
from kaiwu.quantity.problem import KaiwuError, Problem

FORMAT = 1
ROUNDS = 700
LINKS_MIN = 200
"""Pairs of either kind below which a model says more about chance than about names."""

SETTINGS: dict[str, object] = {
    "objective": "binary", "learning_rate": 0.05, "num_leaves": 6, "min_data_in_leaf": 20, "feature_fraction": 0.3,
    "bagging_fraction": 0.6, "bagging_freq": 1, "lambda_l2": 5.0, "verbose": -1, "seed": 1, "deterministic": True,
    "force_row_wise": True, "num_threads": 1,
}  # fmt: skip


class LearnedRanker:
    """A fitted model; ``text`` is LightGBM's own, readable and comparable."""

    def __init__(self, text: str, names: Sequence[str]) -> None:
        self.text = text
        self.names = tuple(names)
        self._booster = _load_lightgbm().Booster(model_str=text)

    @property
    def version(self) -> str:
        """``gbm-`` and the beginning of the model's SHA-256."""
        return f"gbm-{hashlib.sha256(self.text.encode()).hexdigest()[:12]}"

    def weigh(self, measures: Measures, odds: Floats) -> Floats:
        """The model's share of true links among pairs measured like these."""
        if measures.names != self.names:
            raise KaiwuError(_foreign(self.version))
        values = np.concatenate([measures.values, odds], axis=1)
        return np.asarray(self._booster.predict(values, num_threads=1), np.float32)

    def save(self, path: Path) -> None:
        """Write the model: one line of head, then LightGBM's text."""
        head = {"format": FORMAT, "version": self.version, "measures": self.names}
        path.write_text(json.dumps(head, ensure_ascii=False) + "\n" + self.text, encoding="utf-8")


def fit_ranker(measures: Measures, odds: Floats, is_link: npt.NDArray[np.bool_]) -> LearnedRanker:
    """Learn from pairs of which is known whether they belong together (p,). Raises ``KaiwuError`` for too few."""
    yes = int(is_link.sum())
    if min(yes, len(is_link) - yes) < LINKS_MIN:
        zh = f"已确认 {yes} 对、已否认 {len(is_link) - yes} 对, 各需 {LINKS_MIN} 对以上才能学习; 请继续用人工权重"
        en = f"{yes} confirmed and {len(is_link) - yes} denied pairs; {LINKS_MIN} of each are needed: keep the hand weights"
        raise KaiwuError(Problem("I-FIT-FEW", zh, en))
    lightgbm = _load_lightgbm()
    data = lightgbm.Dataset(np.concatenate([measures.values, odds], axis=1), is_link.astype(np.int8))
    return LearnedRanker(lightgbm.train(SETTINGS, data, ROUNDS).model_to_string(), measures.names)


def load_ranker(path: Path) -> LearnedRanker:
    """A model from its file. Raises ``KaiwuError`` where the file is none or of other measures."""
    head, _, text = path.read_text(encoding="utf-8").partition("\n")
    try:
        read = json.loads(head)
        ranker = LearnedRanker(text, read["measures"])
    except (ValueError, KeyError, TypeError) as error:
        zh, en = "不是学习权重文件, 请重新学习", "this is no file of learnt weights: fit again"
        raise KaiwuError(Problem("I-MODEL", zh, en, where=path.name)) from error
    if read.get("format") != FORMAT or read.get("version") != ranker.version:
        raise KaiwuError(_foreign(path.name))
    return ranker


def _foreign(where: str) -> Problem:
    zh, en = "学习权重与本版本的特征不符, 请重新学习", "the model was fitted on other measures or changed: fit again"
    return Problem("I-MODEL-OTHER", zh, en, where=where)


def _load_lightgbm() -> Any:
    try:
        import lightgbm
    except ImportError as error:
        zh, en = (
            "学习权重需要 kaiwu[match]; 不装也可用人工权重",
            "learnt weights need kaiwu[match]; the hand weights do without",
        )
        raise KaiwuError(Problem("I-NO-LIGHTGBM", zh, en)) from error
    return lightgbm
