"""Reads ``settlement:`` of a rulebook: the steps in the order of the document, each checked, all mistakes together.

Owns the order of steps. Each kind reads its own keys (``step``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from kaiwu.benefit.settlement.declaration import Settlement
from kaiwu.benefit.settlement.reader import StepReader
from kaiwu.benefit.settlement.step import KINDS
from kaiwu.benefit.settlement.step.cap import Cap
from kaiwu.benefit.settlement.step.same_matter import SameMatter
from kaiwu.benefit.settlement.tally import Step
from kaiwu.figure.entry import Entry
from kaiwu.figure.variable import Kind
from kaiwu.rule.rulebook import STANDINGS, Head
from kaiwu.rule.vocabulary import Vocabulary

SETTLEMENT_KEYS = ("zh", "en", "article", "standing", "note", "steps", "replaces", "columns")
FROM_VARIABLES = ("filed", "rank", "basis")
RANK = {kind: place for place, kind in enumerate(KINDS)}
LAST_KINDS = ("instalments", "claw_back")


def load_settlement(
    entry: Entry, head: Head, titles: Mapping[str, tuple[str, str, str]], labels: Sequence[str], vocabulary: Vocabulary
) -> Settlement | None:
    """The settlement below ``settlement:`` of a rulebook; None where there is none. Mistakes go to ``entry.problems``.

    ``titles``: (zh, en, article) of the clauses by id; ``labels``: names of their conditions, for ``replaces``.
    """
    data = entry.data.get("settlement")
    if data is None:
        return None
    own = Entry(entry.document, (*entry.path, "settlement"), data if isinstance(data, dict) else {}, entry.problems)
    own.check_keys(SETTLEMENT_KEYS)
    rows = own.data.get("steps")
    if not isinstance(rows, list) or not rows:
        own.complain("BS-STEPS", "settlement 下面要写 steps 列表", "settlement wants a list of steps", "steps")
        return None
    standing = own.choice("standing", STANDINGS, head.document.standing)
    reader = StepReader(vocabulary, tuple(titles), own.text("article"), standing)
    steps = [_read_step(reader, own, row, i) for i, row in enumerate(rows)]
    _check_order(own, rows)
    _check_pots(own, rows)
    _check_deductions(own, steps)
    replaces = own.texts("replaces")
    columns = _read_columns(own, reader)
    for label in replaces:
        if label not in labels:
            own.complain("BS-REPLACES", f"没有名为“{label}”的条件", f"no condition is called “{label}”", "replaces")
    return Settlement(
        scheme=head.code, family=head.family, version=head.version, zh=own.text("zh", f"{head.zh}·兑付"), en=own.text("en", f"{head.en}: settlement"),
        article=reader.article, standing=standing, document=head.document, clauses=tuple(titles), clause_titles=dict(titles),
        steps=tuple(s for s in steps if s is not None), program=reader.program, needs=tuple(reader.needs.values()), replaces=replaces, columns_from=columns,
    )  # fmt: skip


def _read_columns(own: Entry, reader: StepReader) -> dict[str, str]:
    """``columns: {filed: 受理日期, basis: 实付算力费用}``: standard columns of claims that arise from a run, and the variable of each."""
    data = own.data.get("columns") or {}
    entry = Entry(own.document, (*own.path, "columns"), data if isinstance(data, dict) else {}, own.problems)
    entry.check_keys(FROM_VARIABLES)
    out = {}
    for key in entry.data:
        word = entry.text(key)
        variable = reader.vocabulary.variable(word)
        wanted = {"filed": Kind.DATE, "basis": Kind.MONEY}.get(key)
        if variable is None or (wanted is not None and variable.kind is not wanted):
            entry.complain(
                "BS-VARIABLE",
                f"“{word}”不是可用作 {key} 的数据项",
                f"“{word}” is no variable that can serve as {key}",
                key,
            )
        else:
            out[key] = reader.column_name(word)
    return out


def _read_step(reader: StepReader, own: Entry, row: Any, i: int) -> Step | None:
    entry = Entry(own.document, (*own.path, "steps", i), row if isinstance(row, dict) else {}, own.problems)
    kind = str(entry.data.get("step") or "")
    if kind not in KINDS:
        entry.complain("BS-STEP", f"“{kind}”不是结算步骤; 可用: {', '.join(KINDS)}", f"“{kind}” is no step; there are: {', '.join(KINDS)}", "step")  # fmt: skip
        return None
    module = import_module(KINDS[kind])
    step: Step = module.read(reader, entry, reader.term(entry, i + 1, kind, module.TITLE))
    if not step.term.article:
        entry.complain("BS-ARTICLE", "写明这一步依据的条款: article(可写在 settlement 下作为默认)", "name the article that this step rests on (or a default below settlement)", "article")  # fmt: skip
    return step


def _check_order(own: Entry, rows: Sequence[Any]) -> None:
    """A step that stands before one that usually precedes it must say which article puts it there."""
    kinds = [str(row.get("step")) if isinstance(row, dict) else "" for row in rows]
    for i, kind in enumerate(kinds):
        later = [k for k in kinds[i + 1 :] if k in RANK and kind in RANK and RANK[k] < RANK[kind]]
        if not later:
            continue
        if kind in LAST_KINDS:
            zh, en = f"{kind} 之后不能再有 {later[0]}: 分期和追回只能在最后", f"nothing may follow {kind} ({later[0]}): instalments and claw-back come last"  # fmt: skip
            own.complain("BS-ORDER", zh, en, "steps", i, "step")
        elif not rows[i].get("placed_by"):
            zh = f"{kind} 写在 {later[0]} 之前, 与通常次序相反; 若原文如此, 用 placed_by 写明条款"
            en = f"{kind} stands before {later[0]}, against the usual order: if the text says so, name its article under placed_by"
            own.complain("BS-ORDER", zh, en, "steps", i, "step")


def _check_deductions(own: Entry, steps: Sequence[Step | None]) -> None:
    """Earlier awards that use up a cap and are then deducted from what the cap left would count twice."""
    for j, later in enumerate(steps):
        if (
            not isinstance(later, SameMatter)
            or later.counts == "none"
            or later.keep == "sum"
            or later.paid_before == "bar"
        ):
            continue
        for earlier in steps[:j]:
            is_counting = isinstance(earlier, Cap) and bool(earlier.per) and earlier.counts != "none"
            if is_counting and earlier is not None and _overlap(earlier.term.clauses, later.term.clauses):
                zh = f"第 {earlier.term.number} 步已把以前兑付的计入限额, 这一步再扣就扣了两次; 请把同一事项写在封顶之前, 或写 counts: none"
                en = f"step {earlier.term.number} counts earlier awards towards its cap; deducting them here counts them twice: put same_matter before the cap, or write counts: none"
                own.complain("BS-DEDUCTED", zh, en, "steps", j)
                break


def _overlap(some: Sequence[str], others: Sequence[str]) -> bool:
    """Whether two reaches have a clause in common; an empty one is all clauses."""
    return not some or not others or bool(set(some) & set(others))


def _check_pots(own: Entry, rows: Sequence[Any]) -> None:
    seen: set[str] = set()
    for i, row in enumerate(rows):
        if isinstance(row, dict) and row.get("step") == "pot" and row.get("code"):
            code = str(row["code"])
            if code in seen:
                own.complain("BS-TWICE", f"资金池“{code}”写了两次", f"pot “{code}” occurs twice", "steps", i, "code")
            seen.add(code)
