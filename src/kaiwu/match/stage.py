"""Stages beyond text search (加挂环节), off until they have shown their worth on the site's own judgements.

Owns reciprocal rank fusion of text with vectors (G. Cormack, C. Clarke, S. Büttcher, SIGIR 2009: the sum of 1 / (60 +
rank)) and the permit without which retrieval takes no stage. Vectors come from ``encoder_adapter``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from kaiwu.match.evaluation import Difference, JudgedNeed, Judgements, Variant
from kaiwu.match.evaluation.comparison import Scorer
from kaiwu.match.text import Bm25, FieldText, TextIndex, make_query
from kaiwu.quantity import KaiwuError, Problem

RANK_OFFSET = 60
DEPTH = 200
"""Ranks beyond the first two hundred of either list add next to nothing."""

MICRO = 1_000_000
COSINE_STEPS = 1_000_000
"""Cosines are rounded to a millionth before they are ranked, so that equal texts stay equal."""

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Turns texts into vectors (编码器). ``code`` names the model and its files' digest."""

    code: str

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One vector of length 1 per text, or of length 0 for a text without a known word; shape (texts, dimensions)."""
        ...


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to use a stage (准用): on which judgements it was better, and by how much at the low end, in millionths."""

    stage: str
    judgements: str
    needs: int
    low: int


def grant_permit(stage: str, judgements: Judgements, difference: Difference) -> Permit:
    """A permit for a stage. Raises ``KaiwuError`` ``M-STAGE-UNPROVEN`` where the low end is not above nothing."""
    low = int(np.floor(difference.low * MICRO))
    if low <= 0:
        zh = f"“{stage}”未证明更好: 差值95%下限为 {difference.low:+.4f}; 保持关闭"
        en = f"“{stage}” is not proven better: the low end of the difference is {difference.low:+.4f}; it stays off"
        raise KaiwuError(Problem("M-STAGE-UNPROVEN", zh, en))
    return Permit(stage, judgements.digest, len(judgements.scorable), low)


class FusionStage:
    """Text ranks and vector ranks added up; usable in retrieval only with a permit of the same code."""

    def __init__(self, encoder: Encoder, offers: Sequence[FieldText]) -> None:
        self.encoder = encoder
        self.code = f"rrf:{encoder.code}"
        self._vectors = encoder.encode([_whole(text) for text in offers])

    def __len__(self) -> int:
        return len(self._vectors)

    def add(self, text: FieldText) -> None:
        """Add an offer as the next row."""
        self._vectors = np.concatenate([self._vectors, self.encoder.encode([_whole(text)])])

    def fuse(self, need: FieldText, totals: NDArray[np.int64]) -> NDArray[np.int64]:
        """Fused scores in millionths from the totals of text search; shape (rows,), 0 for what neither list names."""
        cosines = self._vectors @ self.encoder.encode([_whole(need)])[0]
        steps = np.rint(cosines * COSINE_STEPS).astype(np.int64)
        return _rank_points(totals) + _rank_points(steps)

    def require(self, permit: Permit | None) -> None:
        """Refuse to work without a permit. Raises ``KaiwuError`` ``M-STAGE-OFF``."""
        if permit is None or permit.stage != self.code or permit.low <= 0:
            zh = f"“{self.code}”没有准用: 先在本地判定数据上运行 kaiwu match evaluate"
            en = f"“{self.code}” has no permit: run kaiwu match evaluate on your own judgements first"
            raise KaiwuError(Problem("M-STAGE-OFF", zh, en))


def fusion_variant(encoder: Encoder, settings: Bm25) -> Variant:
    """Text search fused with an encoder, as a way of retrieval to be judged."""

    def build(offers: Mapping[str, FieldText]) -> Scorer:
        texts = list(offers.values())
        index, stage = TextIndex(texts, settings), FusionStage(encoder, texts)

        def score(need: JudgedNeed) -> NDArray[np.int64]:
            return stage.fuse(need.text, index.totals(make_query(need.text, settings)))

        return score

    return Variant(f"rrf:{encoder.code}", build)


def _whole(text: FieldText) -> str:
    return f"{text.title}\n{text.body}"


def _rank_points(scores: NDArray[np.int64]) -> NDArray[np.int64]:
    """Millionths of 1 / (60 + rank) for the best rows; equal scores share the better rank."""
    points = np.zeros(len(scores), np.int64)
    found = np.flatnonzero(scores > 0)
    order = found[np.argsort(-scores[found], kind="stable")][:DEPTH]
    ranked = scores[order]
    ranks = 1 + np.searchsorted(-ranked, -ranked, side="left")
    points[order] = np.rint(MICRO / (RANK_OFFSET + ranks)).astype(np.int64)
    return points
