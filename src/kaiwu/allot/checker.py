"""The independent checker (独立核验): derives a decision record again with nothing but Python's standard library.

Owns a second, plain reading of the rule: loops over dictionaries, no arrays, and no code of this library. One file, so that a
court, a firm or an auditor can run it alone: ``python checker.py record.json``. It returns findings; none means the record holds.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

FORMAT = "kaiwu-allot-1"
PASSED, MISSING, HUMAN, FAILED = 1, 2, 3, 0
_ANY_SCORE = 2**60
STATUS = {FAILED: "refused", MISSING: "missing", HUMAN: "human"}

Data = dict[str, Any]
Cell = tuple[str, str, str]
Finding = tuple[str, str, str]
"""code, what is wrong in Chinese, in English."""


def check_record(record: Data) -> list[Finding]:
    """Every difference between a record and what its input leads to."""
    if record.get("format") != FORMAT:
        return [("AV-FORMAT", f"格式不是 {FORMAT}", f"the format is not {FORMAT}")]
    try:
        return list(_check(record))
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        return [("AV-BROKEN", f"记录残缺: {error!r}", f"the record is broken: {error!r}")]


def _check(record: Data) -> Iterator[Finding]:
    for part in ("rule", "input", "outcome"):
        if digest(record[part]) != record[f"{part}_hash"]:
            yield "AV-HASH", f"{part} 与其哈希不符", f"{part} does not have the hash that is recorded"
    rule, given, said = record["rule"], record["input"], record["outcome"]
    yield from _check_draw(given["draw"], record["seed_commitment"])
    yield from _check_conditions(given)
    walk = _Walk(rule, given)
    order, ties = walk.line_up()
    if order != said["order"]:
        yield "AV-ORDER", f"优先序不同: {_first_difference(said['order'], order)}", f"another order: {_first_difference(said['order'], order)}"  # fmt: skip
    if ties != said["ties"]:
        yield "AV-TIES", "同分的排法不同", "ties are ordered in another way"
    walk.place(order)
    if walk.grants != said["grants"]:
        yield "AV-GRANTS", f"安排不同: {_first_difference(said['grants'], walk.grants)}", f"other grants: {_first_difference(said['grants'], walk.grants)}"  # fmt: skip
        return
    counts: dict[str, int] = dict.fromkeys(("granted", "waiting", "refused", "missing", "human"), 0)
    for name in walk.applicants:
        counts[walk.status(name)] += 1
    if counts != said["counts"] or set(said["traces"]) != set(walk.applicants):
        yield "AV-COUNTS", "各类合计或名单不全", "counts or the list of traces are not complete"
        return
    yield from _check_exceptions(rule, given, walk)
    for name in walk.applicants:
        yield from _check_trace(walk, name, said["traces"][name])


def _first_difference(said: list[Any], found: list[Any]) -> str:
    for at in range(max(len(said), len(found))):
        pair = [rows[at] if at < len(rows) else None for rows in (said, found)]
        if pair[0] != pair[1]:
            return f"#{at + 1} {pair[0]} ≠ {pair[1]}"
    return ""


# -- canonical bytes and the draw -----------------------------------------------------------------------------


def canonical(value: Any) -> str:
    """JSON as RFC 8785 writes whole numbers, texts and nests: keys by UTF-16, no blanks."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{json.dumps(k, ensure_ascii=False)}:{canonical(value[k])}" for k in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float):
        raise ValueError("a record holds no decimals")
    return json.dumps(value, ensure_ascii=False)


def digest(value: Any) -> str:
    """SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def _check_draw(draw: Data | None, logged: str) -> Iterator[Finding]:
    if draw is None:
        return
    if draw["commitment"] != logged:
        yield "AV-DRAW", "抽签承诺与登记的不同", "the commitment is not the one that was logged"
    opened = hashlib.sha256(bytes.fromhex(draw["salt"]) + bytes.fromhex(draw["secret"])).hexdigest()
    if len(bytes.fromhex(draw["salt"])) != 32 or opened != draw["commitment"]:
        yield "AV-DRAW", "公布的种子打不开承诺", "the secret does not open the commitment"
    if draw["committed_on"] >= draw["deadline"]:
        yield "AV-DRAW", "承诺晚于截止日", "the commitment is not before the deadline"
    if draw["public"] and (draw["public_on"] is None or draw["public_on"] <= draw["deadline"]):
        yield "AV-DRAW", "公开号码早于截止日", "the public number is not after the deadline"
    if not draw["public"] and not draw["seeds"]:
        yield "AV-DRAW", "只有本单位的种子", "the office alone chose the seed"
    for name, seed in draw["seeds"].items():
        wanted = digest({"label": "kaiwu-draw-1", "applicant": name, "seed": seed})
        if draw["seed_commitments"].get(name) != wanted:
            yield "AV-DRAW", f"{name} 的种子与承诺不符", f"the seed of {name} is not the one committed to"


def _draw_numbers(draw: Data, names: list[str]) -> dict[str, str]:
    parts = {"label": "kaiwu-draw-1", **{key: draw[key] for key in ("commitment", "secret", "public", "seeds")}}
    seed = hashlib.sha256(canonical(parts).encode()).digest()
    hidden = set(draw["seed_commitments"]) - set(draw["seeds"])
    return {n: ("1" if n in hidden else "0") + hashlib.sha256(seed + n.encode()).hexdigest() for n in names}


# -- conditions of entry --------------------------------------------------------------------------------------


def _check_conditions(given: Data) -> Iterator[Finding]:
    """Evaluate the compiled conditions again, from front to back, with four answers."""
    conditions = given.get("conditions")
    if conditions is None:
        return
    for applicant in given["applicants"]:
        values = _evaluate(conditions, conditions["facts"].get(applicant["id"], {}))
        for kind, node in conditions["roots"].items():
            if kind in applicant["accepts"] and applicant["admitted"].get(kind, FAILED) != values[node]:
                name = applicant["id"]
                yield (
                    "AV-ENTRY",
                    f"{name} 的“{kind}”条件结论不同",
                    f"{name}: another answer of the conditions for “{kind}”",
                )
        for pool, node in conditions["pools"].items():
            if (values[node] == PASSED) != (pool in applicant["pools"]):
                name = applicant["id"]
                yield "AV-ENTRY", f"{name} 的预留“{pool}”结论不同", f"{name}: another answer for the reserve “{pool}”"


_RANK = {FAILED: 0, MISSING: 1, HUMAN: 2, PASSED: 3}


def _evaluate(program: Data, facts: Data) -> list[Any]:
    """Values of all nodes: whole numbers or None, and truths 0 to 3."""
    values: list[Any] = []
    for op, a, b, c in program["nodes"]:
        values.append(_node(program, facts, values, op, a, b, c))
    return values


def _node(program: Data, facts: Data, values: list[Any], op: str, a: int, b: int, c: int) -> Any:
    match op:
        case "CONST":
            return int(program["constants"][a])
        case "SLOT":
            value = facts.get(program["slots"][a])
            return None if value is None else int(value)
        case "ADD" | "SUB" | "MUL" | "MIN" | "MAX" | "ROUND" | "TRUNC" | "AWAY" | "FLOOR":
            return _arithmetic(op, values[a], values[b])
        case "COALESCE":
            return values[b] if values[a] is None else values[a]
        case "SELECT":
            return {PASSED: values[b], FAILED: values[c]}.get(values[a])
        case "LT" | "LE" | "EQ":
            return _compare(op, values[a], values[b])
        case "AND":
            return min(values[a], values[b], key=lambda v: _RANK[v])
        case "OR":
            return max(values[a], values[b], key=lambda v: _OR_RANK[v])
        case "NOT":
            return {PASSED: FAILED, FAILED: PASSED}.get(values[a], values[a])
        case "KNOWN":
            return int(values[a] is not None)
        case "FLAG" | "JUDGE":
            blank = MISSING if op == "FLAG" else HUMAN
            return blank if values[a] is None else int(values[a] != 0)
        case "IN":
            return MISSING if values[a] is None else int(values[a] in program["sets"][b])
        case "TRUE" | "FALSE" | "HUMAN":
            return {"TRUE": PASSED, "FALSE": FAILED, "HUMAN": HUMAN}[op]
        case "IS_HUMAN":
            return int(values[a] == HUMAN)
    raise ValueError(f"no such node: {op}")


_OR_RANK = {FAILED: 0, HUMAN: 1, MISSING: 2, PASSED: 3}


def _compare(op: str, a: int | None, b: int | None) -> int:
    if a is None or b is None:
        return MISSING
    return int({"LT": a < b, "LE": a <= b, "EQ": a == b}[op])


def _arithmetic(op: str, a: int | None, b: int | None) -> int | None:
    if a is None or b is None or (op in ("ROUND", "TRUNC", "AWAY", "FLOOR") and b <= 0):
        return None
    sign = -1 if a < 0 else 1
    rules: dict[str, Callable[[int, int], int]] = {
        "ADD": lambda x, y: x + y, "SUB": lambda x, y: x - y, "MUL": lambda x, y: x * y, "MIN": min, "MAX": max,
        "ROUND": lambda x, y: sign * ((2 * abs(x) + y) // (2 * y)), "TRUNC": lambda x, y: sign * (abs(x) // y),
        "AWAY": lambda x, y: sign * -(-abs(x) // y), "FLOOR": lambda x, y: x // y,
    }  # fmt: skip
    return rules[op](a, b)


# -- the walk -------------------------------------------------------------------------------------------------


class _Walk:
    """The rule read a second time, applicant by applicant."""

    def __init__(self, rule: Data, given: Data) -> None:
        self.rule = rule
        self.draw = given["draw"]
        self.exceptions = given["exceptions"]
        self.applicants = {a["id"]: a for a in given["applicants"]}
        self.kinds = {k["code"]: k for k in rule["kinds"]}
        rank = {k["code"]: i for i, k in enumerate(rule["kinds"])}
        size = (lambda s: s["area"]) if rule["choice"] == "smallest" else (lambda s: 0)
        self.supplies = {
            s["id"]: s for s in sorted(given["supplies"], key=lambda s: (rank[s["kind"]], size(s), s["id"]))
        }
        self.quotas = {(code, park, period): n for code, park, period, n in given["quotas"]}
        self.keys: dict[str, tuple[int, str]] = {}
        self.grants: list[list[str]] = []
        self.served: set[str] = set()
        self.states: list[dict[Cell, int]] = []
        self.taken_at: dict[str, int] = {}
        self.held_at: dict[str, int] = {}
        self.spans: list[tuple[Data, int, int]] = []
        self.places: dict[str, int] = {}

    def standing(self, name: str) -> int:
        """The best answer over the kinds accepted; without a score at best 缺数据."""
        own = self.applicants[name]
        best = max((own["admitted"].get(k, FAILED) for k in own["accepts"]), key=lambda v: _OR_RANK[v], default=FAILED)
        return MISSING if best == PASSED and not own["is_rated"] else int(best)

    def status(self, name: str) -> str:
        """How an applicant stands."""
        if name in self.served:
            return "granted"
        return STATUS.get(self.standing(name), "waiting")

    def line_up(self) -> tuple[list[str], list[Data]]:
        """The order of priority and the ties in it."""
        names = [n for n in self.applicants if self.standing(n) == PASSED]
        ties = self.rule["ties"]
        numbers = _draw_numbers(self.draw, names) if "draw" in ties and self.draw else {}
        for n in names:
            day = datetime.date.fromisoformat(self.applicants[n]["filed"]).toordinal() if "date" in ties else 0
            self.keys[n] = (day, numbers.get(n, ""))
        order = sorted(names, key=lambda n: (-self.applicants[n]["score"], self.keys[n], n))
        self.places = {n: place for place, n in enumerate(order, start=1)}
        found: list[Data] = []
        for score in sorted({self.applicants[n]["score"] for n in order}, reverse=True):
            same = [n for n in order if self.applicants[n]["score"] == score]
            if len({self.keys[n] for n in same}) < len(same):
                raise ValueError(f"an open tie at {score}")
            if len(same) > 1:
                by = "date" if len({self.keys[n][0] for n in same}) == len(same) else "draw"
                found.append({"score": score, "applicants": same, "by": by})
        return order, found

    def place(self, order: list[str]) -> None:
        """Exceptions first, then pass by pass."""
        left = dict(self.quotas)
        self.states.append(left)
        for entry in self.exceptions:
            if not self.fits(entry["applicant"], entry["supply"], len(self.grants), None, with_score=False):
                raise ValueError(f"an exception that the rule does not allow: {entry['applicant']}")
            self._grant(entry["applicant"], entry["supply"], "meeting")
        for stage in self.rule["passes"]:
            first = len(self.grants)
            for name in order:
                chosen = self._choose(name, stage, first)
                if chosen is not None:
                    self._grant(name, chosen, stage["code"])
            self.spans.append((stage, first, len(self.grants)))

    def _choose(self, name: str, stage: Data, first: int) -> str | None:
        own, now = self.applicants[name], len(self.grants)
        if name in self.served or (stage["pool"] and stage["pool"] not in own["pools"]):
            return None
        by_kind = [s for k in own["accepts"] for s, row in self.supplies.items() if row["kind"] == k]
        for supply in (*own["prefers"], *by_kind):
            if supply in self.supplies and self.fits(name, supply, now, (stage, first)):
                return str(supply)
        return None

    def fits(self, name: str, supply: str, state: int, within: tuple[Data, int] | None, *, with_score: bool = True, score: int | None = None) -> bool:  # fmt: skip
        """Whether a supply could have been taken in a state of the walk."""
        own, row = self.applicants[name], self.supplies[supply]
        kind = row["kind"]
        score = own["score"] if score is None else score
        if (
            kind not in own["accepts"]
            or own["admitted"].get(kind, FAILED) != PASSED
            or row["owner"] not in ("", own["firm"])
        ):
            return False
        if name in row["barred"]:
            return False
        if self.taken_at.get(supply, state) < state or self._is_held(own, state):
            return False
        if with_score and score < self.kinds[kind]["threshold"]:
            return False
        if within is not None and not self._is_within(row, within, state):
            return False
        return self._keeps_constraints(own, row) and self._has_room(own, row, self.states[state])

    def _is_held(self, own: Data, state: int) -> bool:
        holders = [f"{what}:{own[what]}" for what in self.rule["one_per"] if own[what]]
        return any(self.held_at.get(h, state) < state for h in holders)

    def _is_within(self, row: Data, within: tuple[Data, int], state: int) -> bool:
        stage, first = within
        if row["is_reserved"] and stage["pool"] not in row["pools"]:
            return False
        if stage["most"] is not None and state - first >= stage["most"]:
            return False
        if stage["most_area"] is None:
            return True
        area = sum(self.supplies[g[1]]["area"] for g in self.grants[first:state])
        return bool(area + row["area"] <= stage["most_area"])

    def _keeps_constraints(self, own: Data, row: Data) -> bool:
        return all(_keeps(rule, own, row) for rule in self.rule["constraints"])

    def count_barriers(self, name: str) -> list[Data]:
        """Per kind that it may enter: how many supplies there are, and how many each reason rules out first."""
        own = self.applicants[name]
        stages = [p["code"] for p in self.rule["passes"] if not p["pool"] or p["pool"] in own["pools"]]
        pools = {p["pool"] for p in self.rule["passes"] if p["code"] in stages}
        found = []
        for kind in dict.fromkeys(own["accepts"]):
            if own["admitted"].get(kind, FAILED) == PASSED:
                rows = [row for row in self.supplies.values() if row["kind"] == kind]
                counts: dict[str, int] = {}
                for row in rows:
                    reason = self._barrier(name, own, row, pools)
                    counts[reason] = counts.get(reason, 0) + 1
                order = ["owner", "condition", *(c["code"] for c in self.rule["constraints"]), "reserved", "quota", "before"]  # fmt: skip
                found.append({"kind": kind, "supplies": len(rows), "reasons": [[code, counts[code]] for code in order if code in counts]})  # fmt: skip
        return found

    def _barrier(self, name: str, own: Data, row: Data, pools: set[str]) -> str:
        """The first reason, in the order in which a rule states them, that rules a supply out; at the last, that it went before."""
        if row["owner"] not in ("", own["firm"]):
            return "owner"
        if name in row["barred"]:
            return "condition"
        for rule in self.rule["constraints"]:
            if not _keeps(rule, own, row):
                return str(rule["code"])
        if not pools or (row["is_reserved"] and not pools & set(row["pools"])):
            return "reserved"
        return "before" if self._has_room(own, row, self.states[0]) else "quota"

    def _draws(self, own: Data, row: Data) -> dict[Cell, int]:
        found: dict[Cell, int] = {}
        for resource in self.rule["resources"]:
            park = row["park"] if resource["scope"] == "park" else ""
            if resource["takes"] == "demand":
                for month, amount in own["demand"].get(resource["code"], {}).items():
                    period = {"month": month, "year": month[:4], "round": ""}[resource["per"]]
                    cell = (resource["code"], park, period)
                    found[cell] = found.get(cell, 0) + amount
            elif not resource["kinds"] or row["kind"] in resource["kinds"]:
                found[resource["code"], park, ""] = row["area"] if resource["takes"] == "area" else 1
        return found

    def _has_room(self, own: Data, row: Data, left: dict[Cell, int]) -> bool:
        return all(left.get(cell, 0) >= amount for cell, amount in self._draws(own, row).items())

    def _grant(self, name: str, supply: str, stage: str) -> None:
        own, row, now = self.applicants[name], self.supplies[supply], len(self.grants)
        left = dict(self.states[-1])
        for cell, amount in self._draws(own, row).items():
            left[cell] = left.get(cell, 0) - amount
            if left[cell] < 0:
                raise ValueError(f"overdrawn: {cell}")
        self.states.append(left)
        self.taken_at[supply] = now
        for what in self.rule["one_per"]:
            if own[what]:
                self.held_at.setdefault(f"{what}:{own[what]}", now)
        self.served.add(name)
        self.grants.append([name, supply, stage])

    def is_served_at(self, name: str, score: int) -> bool:
        """Whether an applicant who waits would have been served with another score: its states are those of the walk."""
        for stage, first, last in self.spans:
            if stage["pool"] and stage["pool"] not in self.applicants[name]["pools"]:
                continue
            key = (-score, self.keys[name])
            before = [g for g in self.grants[first:last] if (-self.applicants[g[0]]["score"], self.keys[g[0]]) <= key]
            state = first + len(before)
            if any(self.fits(name, s, state, (stage, first), score=score) for s in self.supplies):
                return True
        return False


def _keeps(rule: Data, own: Data, row: Data) -> bool:
    """Whether a supply keeps one constraint of an applicant."""
    if rule["kinds"] and row["kind"] not in rule["kinds"]:
        return True
    need, offer = own["needs"].get(rule["code"]), row["offers"].get(rule["code"])
    if need is None:
        return bool(rule["is_optional"])
    if offer is None:
        return False
    test = rule["test"]
    if test == "one_of":
        return bool(need >= 0 and offer >> need & 1 == 1)
    return bool({"at_least": offer >= need, "at_most": offer <= need, "equal": offer == need}[test])


def _check_exceptions(rule: Data, given: Data, walk: _Walk) -> Iterator[Finding]:
    """An exception names everybody whom it displaced, no more and no fewer."""
    if not given["exceptions"]:
        return
    without = _Walk(rule, {**given, "exceptions": []})
    without.place(without.line_up()[0])
    now = {g[0] for g in walk.grants}
    displaced = sorted({g[0] for g in without.grants} - now)
    named = sorted({name for entry in given["exceptions"] for name in entry["displaces"]})
    if displaced != named:
        yield "AV-EXCEPTION", f"例外事项写明的被替换项目 {named} 与实际 {displaced} 不符", f"the exceptions name {named} as displaced, it is {displaced}"  # fmt: skip


# -- what each was told ---------------------------------------------------------------------------------------


def _check_trace(walk: _Walk, name: str, trace: Data) -> Iterator[Finding]:
    if trace["status"] != walk.status(name) or trace["place"] != walk.places.get(name):
        yield "AV-TRACE", f"{name} 的状态或名次不同", f"{name}: another status or place"
        return
    if trace["status"] != "waiting":
        return
    line = trace.get("line")
    if line is None:
        if walk.is_served_at(name, _ANY_SCORE):
            yield (
                "AV-LINE",
                f"{name}: 得分够高即可安排, 记录却说不能",
                f"{name}: a score would do, the record says none does",
            )
        elif trace.get("barriers", []) != walk.count_barriers(name):
            yield (
                "AV-BARRIER",
                f"{name}: 记录的原因与重新清点的不同",
                f"{name}: the reasons are not those counted again",
            )
        return
    needed = line["needed"]
    if not walk.is_served_at(name, needed) or walk.is_served_at(name, needed - 1):
        yield "AV-LINE", f"{name}: 入围线不是 {needed} 步", f"{name}: the line is not at {needed} steps"
    yield from _check_winner(walk, name, line)


def _check_winner(walk: _Walk, name: str, line: Data) -> Iterator[Finding]:
    """Who set the line, and the difference to that winner part by part."""
    if line["binding"] == "threshold":
        return
    winner = walk.applicants.get(line["winner"])
    number = next((i for i, g in enumerate(walk.grants) if g[0] == line["winner"]), None)
    span = next(((s, f) for s, f, _ in walk.spans if s["code"] == line["stage"]), None)
    if winner is None or number is None or span is None:
        yield "AV-WINNER", f"{name}: 没有这个中选项目", f"{name}: no such winner"
        return
    before, behind = (walk.fits(name, line["supply"], state, span, with_score=False) for state in (number, number + 1))
    if not before or behind:
        yield (
            "AV-WINNER",
            f"{name}: 决定入围线的不是 {line['winner']}",
            f"{name}: the line was not set by {line['winner']}",
        )
    own = walk.applicants[name]["items"]
    parts = {code: own.get(code, 0) - winner["items"].get(code, 0) for code, _, _ in walk.rule["items"]}
    wanted = {code: n for code, n in parts.items() if n} if own and winner["items"] else {}
    if dict(map(tuple, line["differences"])) != wanted:
        yield "AV-PARTS", f"{name}: 分项差不对", f"{name}: the parts of the difference are wrong"


def main(arguments: list[str]) -> int:
    """Check a file; 0 where the record holds."""
    found = check_record(json.loads(Path(arguments[0]).read_text(encoding="utf-8")))
    for code, zh, en in found:
        print(f"[{code}] {zh} / {en}")
    if not found:
        print("记录成立 / the record holds")
    return 1 if found else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
