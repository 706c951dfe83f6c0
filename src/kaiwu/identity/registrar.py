"""Who registers organisations, and as what: the first two characters of a unified social credit code.

Owns the table of lawful registrars (登记管理部门) and categories (机构类别). It does not check codes
(``uscc``).

Sources: GB 32100-2015, table of registrars and categories, with amendment no. 1 of 2016 (A and N), read in
several agreeing copies: standing ``standard``. Registrars and categories that the code centre assigned
afterwards (G, J, Q, village and resident committees …) were seen in one copy only: standing ``later``.
They are accepted, because organisations bear such codes and both check digits still have to be right.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Category:
    """One lawful pair of registrar and category (登记管理部门与机构类别)."""

    prefix: str  # the first two characters of a code
    registrar_zh: str
    registrar_en: str
    zh: str
    en: str
    standing: str  # "standard" or "later"


_REGISTRARS: dict[str, tuple[str, str]] = {
    "1": ("机构编制", "public sector staffing"),
    "2": ("外交", "foreign affairs"),
    "3": ("司法行政", "justice administration"),
    "4": ("文化", "culture"),
    "5": ("民政", "civil affairs"),
    "6": ("旅游", "tourism"),
    "7": ("宗教", "religious affairs"),
    "8": ("工会", "trade union"),
    "9": ("工商", "market regulation"),
    "A": ("中央军委改革和编制办公室", "military reform and staffing office"),
    "G": ("公安", "public security"),
    "J": ("住房城乡建设", "housing and construction"),
    "N": ("农业", "agriculture"),
    "Q": ("侨联", "federation of returned overseas Chinese"),
    "Y": ("其他", "other"),
}

_STANDARD = {
    "11": ("机关", "state organ"),
    "12": ("事业单位", "public institution"),
    "13": ("编办直接管理机构编制的群众团体", "mass organisation under the staffing office"),
    "19": ("其他", "other"),
    "21": ("外国常驻新闻机构", "resident foreign news agency"),
    "29": ("其他", "other"),
    "31": ("律师执业机构", "law practice"),
    "32": ("公证处", "notary office"),
    "33": ("基层法律服务所", "grass-roots legal service"),
    "34": ("司法鉴定机构", "forensic institution"),
    "35": ("仲裁委员会", "arbitration commission"),
    "39": ("其他", "other"),
    "41": ("外国在华文化中心", "foreign cultural centre"),
    "49": ("其他", "other"),
    "51": ("社会团体", "social association"),
    "52": ("民办非企业单位", "private non-enterprise unit"),
    "53": ("基金会", "foundation"),
    "59": ("其他", "other"),
    "61": ("外国旅游部门常驻代表机构", "office of a foreign tourism authority"),
    "62": (
        "港澳台地区旅游部门常驻内地(大陆)代表机构",
        "office of a Hong Kong, Macao or Taiwan tourism authority",
    ),
    "69": ("其他", "other"),
    "71": ("宗教活动场所", "religious venue"),
    "72": ("宗教院校", "religious school"),
    "79": ("其他", "other"),
    "81": ("基层工会", "grass-roots trade union"),
    "89": ("其他", "other"),
    "91": ("企业", "enterprise"),
    "92": ("个体工商户", "individual business"),
    "93": ("农民专业合作社", "farmers' cooperative"),
    "A1": ("军队事业单位", "military public institution"),
    "A9": ("其他", "other"),
    "N1": ("组级集体经济组织", "collective economic organisation of a group"),
    "N2": ("村级集体经济组织", "collective economic organisation of a village"),
    "N3": ("乡镇级集体经济组织", "collective economic organisation of a township"),
    "N9": ("其他", "other"),
    "Y1": ("其他", "other"),
}

_LATER = {
    "36": ("商事调解组织", "commercial mediation organisation"),
    "54": ("村民委员会", "village committee"),
    "55": ("居民委员会", "residents' committee"),
    "82": ("非法人工会组织", "trade union without legal personality"),
    "99": ("其他", "other"),
    "G1": ("境外非政府组织代表机构", "office of an overseas non-governmental organisation"),
    "G9": ("其他", "other"),
    "J1": ("业主大会", "owners' assembly"),
    "J9": ("其他", "other"),
    "Q1": ("区县级侨联组织", "overseas Chinese federation of a county"),
    "Q2": ("乡镇级侨联组织", "overseas Chinese federation of a township"),
    "Q3": ("村级侨联组织", "overseas Chinese federation of a village"),
    "Q9": ("其他", "other"),
}


def _read_table(table: dict[str, tuple[str, str]], standing: str) -> dict[str, Category]:
    return {prefix: Category(prefix, *_REGISTRARS[prefix[0]], zh, en, standing) for prefix, (zh, en) in table.items()}


CATEGORIES: dict[str, Category] = {**_read_table(_STANDARD, "standard"), **_read_table(_LATER, "later")}
"""Every lawful first pair of characters, by that pair."""

REGISTRARS: frozenset[str] = frozenset(_REGISTRARS)
"""Every lawful first character."""


def list_categories(registrar: str) -> str:
    """The lawful second characters of a registrar in order, for messages: ``"1 2 3 9"``."""
    return " ".join(sorted(prefix[1] for prefix in CATEGORIES if prefix[0] == registrar))
