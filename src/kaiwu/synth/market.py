"""The synthetic market (合成供需): what firms of a synthetic district make and want, with the pairs that truly fit.

Owns the draw of every record as a row of its listing, and the planted pairs. It does not own the files (``market_file``) nor what later became
of matches (``market_play``). Every row says that it is synthetic.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from kaiwu.identity import make_uscc
from kaiwu.synth.district import District
from kaiwu.synth.market_setting import MarketRule

MARK_HEAD = "数据性质"
Row = dict[str, Any]
SCALE_FIRMS = 300
"""In a smaller district than this the market has proportionally fewer records, but for the needs of the chain leaders."""


@dataclass(frozen=True, slots=True)
class Product:
    """What a firm makes: material, process, part; ``offer`` is the code of the offer that says so."""

    firm: int
    offer: str
    material: str
    process: str
    part: str


@dataclass(slots=True)
class SynthMarket:
    """All rows by listing, the planted pairs (need, offer), and who the chain leaders are."""

    day: dt.date
    label: str
    rows: dict[str, list[Row]] = field(default_factory=dict)
    planted: list[tuple[str, str]] = field(default_factory=list)
    leaders: list[str] = field(default_factory=list)
    rivals: list[tuple[str, str]] = field(default_factory=list)
    local: str = ""

    @property
    def count(self) -> int:
        """Records in all."""
        return sum(map(len, self.rows.values()))


def make_market(district: District, rule: MarketRule) -> SynthMarket:
    """Draw the market of a district; determined by the district and the rule."""
    return _Drawer(district, rule).draw()


class _Drawer:
    """Draws one market, topic by topic."""

    def __init__(self, district: District, rule: MarketRule) -> None:
        self.district, self.rule = district, rule
        self.texts, settings = district.firms.texts, district.calibration.settings
        self.label, self.mark, self.code = settings.name.label, settings.name.mark, settings.code
        self.stems = settings.name.stems
        self.day = dt.date(settings.base.last_year + 1, rule.day_month, 1)
        self.market = SynthMarket(self.day, self.label, local=settings.code.region)
        self.alive = np.flatnonzero(district.firms.pools["alive"][:, -1])
        self.products: list[Product] = []

    def draw(self) -> SynthMarket:
        """All topics in a fixed order, each from its own stream."""
        revenue = np.nan_to_num(self.district.firms.measures["revenue"][self.alive, -1])
        order = self.alive[np.argsort(-revenue, kind="stable")]
        leaders, makers = order[: self.rule.leaders], np.sort(order[self.rule.leaders :])
        self.market.leaders = [self.texts["code"][i] for i in leaders]
        self._offers(makers)
        self._needs(leaders)
        self._technology(makers)
        self._services(makers)
        self._spaces(makers)
        self._samples()
        return self.market

    # -- shared draws -------------------------------------------------------------------------------------------------

    def _rng(self, topic: str) -> np.random.Generator:
        return self.district.streams.open(f"market {topic}")

    def _scaled(self, count: int) -> int:
        return max(3, round(count * min(1.0, len(self.alive) / SCALE_FIRMS)))

    def _put(self, listing: str, rows: Sequence[Row]) -> None:
        self.market.rows[listing] = [{MARK_HEAD: self.label, **row} for row in rows]

    def _firm(self, firm: int) -> Row:
        return {"统一社会信用代码": self.texts["code"][firm], "企业名称": self.texts["name"][firm]}

    def _expiry(self, rng: np.random.Generator) -> dt.date:
        """Most stand for months to come; some have ended."""
        days = int(rng.integers(30, 400))
        return self.day + dt.timedelta(-days if rng.random() < self.rule.expired else days)

    def _other_words(self, rng: np.random.Generator, part: str) -> str:
        """What somebody else calls the same part."""
        return self.rule.synonyms[part] if part in self.rule.synonyms and rng.random() < 0.5 else part

    # -- parts --------------------------------------------------------------------------------------------------------

    def _offers(self, makers: np.ndarray[Any, Any]) -> None:
        rng, rule = self._rng("offers"), self.rule
        count = min(round(rule.offers_per_firm * len(makers)), rule.most_offers)
        firms = (
            np.concatenate([makers, rng.choice(makers, max(count - len(makers), 0))])[:count] if len(makers) else makers
        )
        known = [
            (rng.choice(rule.materials), rng.choice(list(rule.processes))) for _ in range(self.district.firms.count)
        ]
        rows = []
        for number, firm in enumerate(firms.tolist(), start=1):
            material, process = (str(word) for word in known[firm])
            part = str(rng.choice(rule.parts))
            made = Product(firm, f"SYN-O-{number:05d}", material, process, part)
            self.products.append(made)
            rows.append(self._offer(rng, made))
        self._put("supplier_offers", rows)

    def _offer(self, rng: np.random.Generator, made: Product) -> Row:
        rule = self.rule
        name = self._other_words(rng, made.part)
        capacity = int(rng.integers(2, 200)) * 1000
        is_small = bool(np.nan_to_num(self.district.firms.measures["revenue"][made.firm, -1]) < 40_000)
        return {
            "能力编号": made.offer, "能供产品": f"{made.material}{name}", **self._firm(made.firm),
            "能力说明": f"{made.process}加工{rng.choice(rule.adjectives)}{made.material}{made.part}, 用于{rng.choice(rule.uses)}",
            "所在地区划代码": self.code.region, "资质证书": "、".join(sorted({"ISO9001", str(rng.choice(rule.certificates))})),
            "有效期至": self._expiry(rng), "可承接项数": int(rng.integers(1, 5)) if rng.random() < 0.8 else None, "年产能": capacity,
            "交货天数": int(rng.integers(5, 61)), "中小企业": "是" if is_small else "否", "工艺": made.process,
            "主要设备": "、".join(rule.processes[made.process]), "所属集团": self.texts["group"][made.firm] or None,
        }  # fmt: skip

    def _needs(self, leaders: np.ndarray[Any, Any]) -> None:
        rng, rule = self._rng("needs"), self.rule
        rows = []
        offers = {row["能力编号"]: row for row in self.market.rows["supplier_offers"]}
        for number in range(1, rule.needs + 1):
            leader = int(rng.choice(leaders))
            is_planted = bool(rng.random() < rule.planted) and bool(self.products)
            made = self.products[int(rng.integers(len(self.products)))] if is_planted else None
            code = f"SYN-N-{number:04d}"
            rows.append(self._need(rng, code, leader, made, offers[made.offer] if made else None))
            if made is not None:
                self.market.planted.append((code, made.offer))
        self._put("procurement_needs", rows)
        others = rng.permutation(np.unique([p.firm for p in self.products]))[: 2 * len(leaders)]
        self.market.rivals = [
            (self.texts["code"][int(leaders[i % len(leaders)])], self.texts["code"][int(firm)]) for i, firm in enumerate(others)
        ]  # fmt: skip

    def _need(self, rng: np.random.Generator, code: str, leader: int, made: Product | None, offer: Row | None) -> Row:
        """A need; of a planted one every hard condition is met by the offer it was made for."""
        rule = self.rule
        material, process, part = (made.material, made.process, made.part) if made else (
            str(rng.choice(rule.materials)), str(rng.choice(list(rule.processes))), f"{rng.choice(rule.parts)}{rng.choice(rule.parts)}")  # fmt: skip
        title = f"{material}{self._other_words(rng, part)}"
        volume = int(rng.integers(1, 50)) * 100
        least, most = (int(offer["年产能"]) // 2, int(offer["交货天数"]) + 5) if offer else (400_000, 3)
        needs_certificate = offer is not None and rng.random() < 0.4
        expiry = offer["有效期至"] if offer and offer["有效期至"] < self.day else self._expiry(rng)
        is_local = rng.random() < rule.present_local
        return {
            "需求编号": code, "采购标的": str(rng.choice(rule.openings)).format(title=title),
            "技术要求": f"{process}, {rng.choice(rule.adjectives)}, 用于{rng.choice(rule.uses)}", "采购单位代码": self.texts["code"][leader],
            "采购单位": self.texts["name"][leader], "采购数量": volume, "计量单位": "件", "交货期": self.day + dt.timedelta(int(rng.integers(30, 200))),
            "资质要求": str(offer["资质证书"]).split("、")[0] if needs_certificate and offer else None,
            "硬性条件": f"年产能 >= {least}件 且 交货天数 <= {most}天" if rng.random() < 0.6 or offer is None else None, "截止日期": expiry,
            "预算金额(万元)": round(float(np.exp(rng.normal(4.2, 0.9))), 2), "邀请家数": int(rng.integers(1, 5)),
            "现供应商": f"{self.mark}·现供应商{int(rng.integers(1, 90)):02d}", "现供应商所在区划代码": self.code.region if is_local else rule.outside_place,
            "提出日期": self.day - dt.timedelta(int(rng.integers(1, 90))),
        }  # fmt: skip

    # -- technology, services -----------------------------------------------------------------------------------------

    def _technology(self, makers: np.ndarray[Any, Any]) -> None:
        rng, rule = self._rng("technology"), self.rule
        institutes = self._institutes(rng)
        topics = [
            (str(rng.choice(rule.methods)), str(rng.choice(list(rule.processes))), str(rng.choice(rule.parts)), str(rng.choice(rule.problems)))
            for _ in range(self._scaled(rule.results) + self._scaled(rule.patents))
        ]  # fmt: skip
        results, patents = topics[: self._scaled(rule.results)], topics[self._scaled(rule.results) :]
        self._put("technology_results", [
            {"成果编号": f"SYN-R-{i:04d}", "成果名称": f"基于{m}的{part}{p}{problem}技术", "成果简介": f"面向{p}工序, 解决{part}{problem}问题", **self._holder(rng, institutes, "完成单位"),
             "技术成熟度": int(rng.integers(3, 10)), "成果日期": self.day - dt.timedelta(int(rng.integers(30, 2500))), "已许可或转让": "是" if rng.random() < 0.2 else "否", "有效期至": self._expiry(rng)}
            for i, (m, p, part, problem) in enumerate(results, start=1)
        ])  # fmt: skip
        self._put("patents", [
            {"专利号": f"SYN-ZL-{i:04d}", "专利名称": f"一种{part}{p}{problem}的方法及装置", "摘要": f"本发明采用{m}, 用于{p}过程中{part}的{problem}", **self._holder(rng, institutes, "专利权人"),
             "授权公告日": self.day - dt.timedelta(int(rng.integers(30, 2500))), "已许可或转让": "是" if rng.random() < 0.2 else "否", "专利权届满日": self.day + dt.timedelta(int(rng.integers(300, 5000)))}
            for i, (m, p, part, problem) in enumerate(patents, start=1)
        ])  # fmt: skip
        rows = []
        for i in range(1, self._scaled(rule.technology_needs) + 1):
            at = int(rng.integers(len(results)))
            method, process, part, problem = results[at]
            rows.append({
                "需求编号": f"SYN-T-{i:04d}", "技术需求名称": f"{part}{process}{problem}", "需求内容": f"希望在{process}线上解决{part}的{problem}, 倾向{method}方案",
                **self._firm(int(rng.choice(makers))), "拟投入金额(万元)": int(rng.integers(10, 300)), "提出日期": self.day - dt.timedelta(int(rng.integers(1, 200))), "有效期至": self._expiry(rng),
            })  # fmt: skip
            self.market.planted.append((f"SYN-T-{i:04d}", f"SYN-R-{at + 1:04d}"))
        self._put("technology_needs", rows)
        self._contracts(rng, institutes, makers)

    def _institutes(self, rng: np.random.Generator) -> list[Row]:
        rule, rows = self.rule, []
        for i in range(1, rule.institutes + 1):
            code = make_uscc(self.code.registrar, self.code.category, self.code.region, f"{self.code.open}9{i:0{5}d}")
            name = rule.institute.format(mark=self.mark, stem=self.stems[i % len(self.stems)], number=f"{i:02d}")
            rows.append({
                "机构编号": f"SYN-I-{i:02d}", "机构名称": name, "统一社会信用代码": code, "研究方向": f"{rng.choice(rule.methods)}、{rng.choice(rule.problems)}",
                "可提供的合作": "", "科研人员数": int(rng.integers(20, 400)), "所在地区划代码": self.code.region, "有效期至": self.day + dt.timedelta(900),
            })  # fmt: skip
        self._put("institutes", [{k: v for k, v in row.items() if k != "可提供的合作"} for row in rows])
        return rows

    def _holder(self, rng: np.random.Generator, institutes: Sequence[Row], head: str) -> Row:
        one = institutes[int(rng.integers(len(institutes)))]
        return {"统一社会信用代码": one["统一社会信用代码"], head: one["机构名称"]}

    def _contracts(self, rng: np.random.Generator, institutes: Sequence[Row], makers: np.ndarray[Any, Any]) -> None:
        rows = []
        for i in range(1, self._scaled(self.rule.contracts) + 1):
            one, firm = institutes[int(rng.integers(len(institutes)))], self._firm(int(rng.choice(makers)))
            amount = int(rng.integers(5, 200))
            rows.append({
                "合同编号": f"SYN-C-{i:04d}", "合同名称": f"{rng.choice(self.rule.problems)}合作", "结对形式": "院所、平台、企业、链条结对" if rng.random() < 0.5 else "双方合同",
                "院所统一社会信用代码": one["统一社会信用代码"], "院所名称": one["机构名称"], "企业统一社会信用代码": firm["统一社会信用代码"], "企业名称": firm["企业名称"],
                "合同金额(万元)": amount, "实际到账金额(万元)": amount // 2 if rng.random() < 0.7 else None, "签订日期": self.day - dt.timedelta(int(rng.integers(10, 1000))),
                "对接成效": "已投产" if rng.random() < 0.4 else None,
            })  # fmt: skip
        self._put("technical_contracts", rows)

    def _services(self, makers: np.ndarray[Any, Any]) -> None:
        rng, rule = self._rng("services"), self.rule
        rows: list[Row] = []
        kinds = list(rule.service_words)
        for i in range(1, self._scaled(rule.services) + 1):
            kind = kinds[i % len(kinds)]
            word = str(rng.choice(rule.service_words[kind]))
            rows.append({
                "服务编号": f"SYN-V-{i:04d}", "服务名称": f"{word}服务", "服务内容": f"面向{rng.choice(list(rule.processes))}企业的{word}", "类别": kind, **self._firm(int(rng.choice(makers))),
                "参考价格(元)": int(rng.integers(5, 500)) * 1000, "服务条款": "按次计价" if rng.random() < 0.5 else "按年计价", "有效期至": self._expiry(rng), "含个人信息": "否",
            })  # fmt: skip
        self._put("producer_services", rows)
        wanted = []
        for i in range(1, self._scaled(rule.service_needs) + 1):
            at = int(rng.integers(len(rows)))
            wanted.append({
                "需求编号": f"SYN-W-{i:04d}", "服务需求": str(rows[at]["服务名称"]).removesuffix("服务"), "需求说明": rows[at]["服务内容"], "类别": rows[at]["类别"], **self._firm(int(rng.choice(makers))),
                "提出日期": self.day - dt.timedelta(int(rng.integers(1, 200))), "有效期至": self._expiry(rng),
            })  # fmt: skip
            self.market.planted.append((f"SYN-W-{i:04d}", str(rows[at]["服务编号"])))
        self._put("service_needs", wanted)

    # -- spaces, samples ----------------------------------------------------------------------------------------------

    def _spaces(self, makers: np.ndarray[Any, Any]) -> None:
        rng, rule = self._rng("spaces"), self.rule
        rows = [self._space(rng, i) for i in range(1, self._scaled(rule.spaces) + 1)]
        self._put("spaces", rows)
        wanted = []
        for i in range(1, self._scaled(rule.space_needs) + 1):
            room = rows[int(rng.integers(len(rows)))]
            forms = [name for name in ("可租", "可售", "可先租后售") if room[name] == "是"]
            asked = {"接受租赁": "可租", "接受购买": "可售", "接受先租后买": "可先租后售"}
            wanted.append({
                "需求编号": f"SYN-K-{i:04d}", "空间需求": f"{int(room['面积(平方米)']) // 100 * 100}平方米厂房", **self._firm(int(rng.choice(makers))),
                "硬性条件": f"面积 >= {int(room['面积(平方米)']) // 100 * 100}平方米 且 楼面荷载 >= {room['楼面荷载(吨/平方米)']}吨/平方米 且 层高 >= {room['层高(米)']}米",
                **{head: "是" if flag in forms[:1] or (flag in forms and rng.random() < 0.5) else "否" for head, flag in asked.items()},
                "最高月租金(元/平方米)": float(room["月租金(元/平方米)"] or 0) + 2 if room["可租"] == "是" or room["可先租后售"] == "是" else None,
                "东向坐标(公里)": round(float(rng.uniform(0, 40)), 2), "北向坐标(公里)": round(float(rng.uniform(0, 30)), 2),
                "提出日期": self.day - dt.timedelta(int(rng.integers(1, 400))), "有效期至": self.day + dt.timedelta(int(rng.integers(30, 300))),
            })  # fmt: skip
            self.market.planted.append((f"SYN-K-{i:04d}", str(room["空间编号"])))
        self._put("space_needs", wanted)

    def _space(self, rng: np.random.Generator, number: int) -> Row:
        rents, sells, later = rng.random() < 0.7, rng.random() < 0.3, rng.random() < 0.2
        rents = rents or not (sells or later)
        return {
            "空间编号": f"SYN-S-{number:04d}", "空间名称": f"{self.mark}·" + str(rng.choice(self.rule.space_names)).format(number=number),
            "所在地区划代码": self.code.region, "面积(平方米)": int(rng.integers(5, 120)) * 100, "楼面荷载(吨/平方米)": float(rng.choice([0.5, 0.8, 1.0, 1.5, 2.0])),
            "层高(米)": float(rng.choice([4.2, 5.4, 6.0, 7.2, 8.0])), "配电容量(千伏安)": int(rng.integers(1, 20)) * 100,
            "可排放污水": "是" if rng.random() < 0.3 else "否", "可租": "是" if rents else "否", "可售": "是" if sells else "否", "可先租后售": "是" if later else "否",
            "月租金(元/平方米)": int(rng.integers(80, 300)) / 10 if rents or later else None, "售价(元/平方米)": int(rng.integers(25, 80)) * 100 if sells or later else None,
            "东向坐标(公里)": round(float(rng.uniform(0, 40)), 2), "北向坐标(公里)": round(float(rng.uniform(0, 30)), 2), "有效期至": self._expiry(rng),
        }  # fmt: skip

    def _samples(self) -> None:
        rng, rule = self._rng("samples"), self.rule
        rows = []
        for i in range(1, self._scaled(rule.samples) + 1):
            made = self.products[int(rng.integers(len(self.products)))]
            low = int(rng.integers(2, 15))
            rows.append({
                "样本编号": f"SYN-E-{i:04d}", "样本名称": f"{made.process}{rng.choice(rule.problems)}样本", "做法": f"用{rng.choice(rule.methods)}改造{made.process}工序", **self._firm_as(made.firm, "样本企业"),
                "工艺": "、".join(dict.fromkeys([made.process, str(rng.choice(list(rule.processes)))])), "主要设备": "、".join(rule.processes[made.process]),
                "成效下限(%)": low, "成效上限(%)": low + int(rng.integers(1, 20)), "已推广家数": int(rng.integers(0, 30)), "投入金额(万元)": int(rng.integers(20, 800)), "有效期至": self._expiry(rng),
            })  # fmt: skip
        self._put("samples", rows)

    def _firm_as(self, firm: int, head: str) -> Row:
        return {"统一社会信用代码": self.texts["code"][firm], head: self.texts["name"][firm]}
