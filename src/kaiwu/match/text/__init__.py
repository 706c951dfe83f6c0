"""Text search (文本检索): BM25 over character 1+2-grams with exact integer scores.

Owns grams, the index with its online updates, and the ranking of one query or of many. It knows texts and rows, not
needs and offers (``kaiwu.match.retrieval`` joins the two).
"""

from kaiwu.match.text.batch import Ranking, rank_many
from kaiwu.match.text.bm25 import Bm25, Query, Statistics
from kaiwu.match.text.gram import FieldText, fold_text, gram_codes, gram_text, is_letter
from kaiwu.match.text.index import TextIndex, make_query, rank_rows

__all__ = [
    "Bm25",
    "FieldText",
    "Query",
    "Ranking",
    "Statistics",
    "TextIndex",
    "fold_text",
    "gram_codes",
    "gram_text",
    "is_letter",
    "make_query",
    "rank_many",
    "rank_rows",
]
