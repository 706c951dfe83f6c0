"""Whether retrieval is any good on a site's own judgements (评测): metrics, honest choice of settings, the gate for stages.

Owns judged needs, the metrics on them, nested choice and the paired bootstrap. It reads no files (``kaiwu.procedure``)
and holds no judgements of its own.
"""

from kaiwu.match.evaluation.bootstrap import Difference, paired_difference
from kaiwu.match.evaluation.choice import Choice, choose_nested, fold_of
from kaiwu.match.evaluation.comparison import Comparison, Row, Variant, compare
from kaiwu.match.evaluation.judgement import JudgedNeed, Judgements
from kaiwu.match.evaluation.metric import bpref, judged_share, ndcg

__all__ = [
    "Choice",
    "Comparison",
    "Difference",
    "JudgedNeed",
    "Judgements",
    "Row",
    "Variant",
    "bpref",
    "choose_nested",
    "compare",
    "fold_of",
    "judged_share",
    "ndcg",
    "paired_difference",
]
