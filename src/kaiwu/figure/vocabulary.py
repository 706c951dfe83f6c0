"""The closed words of a figure: at which level it was taken, how final it is, how well it is attested.

Owns the words and their labels in both languages. It does not own where they are checked (``figure.py`` for
figures, ``catalogue.py`` for variables).
"""

from __future__ import annotations

SCOPES: dict[str, tuple[str, str]] = {
    "legal_entity": ("法人单位", "legal entity"),
    "establishment": ("产业活动单位", "establishment"),
    "group": ("集团(合并口径)", "group (consolidated)"),
    "plot": ("宗地", "plot"),
    "space": ("厂房空间", "space"),
    "project": ("项目", "project"),
    "product": ("产品", "product"),
    "park": ("园区", "park"),
    "platform": ("平台", "platform"),
    "town": ("镇街", "town"),
    "county": ("县(市、区)", "county"),
    "city": ("设区市", "city"),
    "province": ("省", "province"),
    "nation": ("全国", "nation"),
    "industry": ("行业", "industry"),
    "cluster": ("集群", "cluster"),
}
"""Statistical scopes (口径), the level of entity that a value was taken for. A figure answers only a variable
of the same scope: a consolidated figure never answers for a legal entity."""

STATUSES: tuple[str, ...] = ("flash", "revised", "final")
"""How final a value is (快报, 修订, 终值), in rising order; of two known on one day the later word wins."""

STANDINGS: dict[str, tuple[str, str]] = {
    "attested": ("有多处来源", "attested by several copies"),
    "single_copy": ("仅一处来源", "attested by one copy"),
    "memory": ("凭记忆", "from memory"),
    "inferred": ("推断", "inferred"),
}
"""How well a fact is attested; everything but ``attested`` shows 待核实 wherever it is used."""
