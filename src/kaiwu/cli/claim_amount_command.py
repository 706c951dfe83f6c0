"""The amounts of ``kaiwu claim``: assess one claim or a whole programme, effect per yuan.

Owns their arguments.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from kaiwu.cli.claim_option import (
    Counter,
    by_option,
    numbers_argument,
    on_option,
    open_counter,
    print_cases,
    read_pairs,
)
from kaiwu.cli.console import Speaker
from kaiwu.cli.option import speaking, workspace_option
from kaiwu.procedure.claim.effect import CAVEAT, figures_before, measure_effect
from kaiwu.procedure.claim.invoice import read_fen
from kaiwu.procedure.claim.refusal import yuan
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.report.effect_sheet import effect_data, effect_row, write_effect


@click.command("assess")
@numbers_argument
@workspace_option
@by_option
@on_option
@click.option("--clause", default="", help="按哪一条 / under which clause")
@click.option("--amount", default="", help="核定金额(元), 在条款区间内 / amount in yuan within the clause's range")
@click.option("--fact", "facts", multiple=True, help="补事实 名称=值 / a further fact name=value")
@click.option("--share", "shares", multiple=True, help="未写的分担 资金=分数 / an undeclared share fund=1/2")
@click.option(
    "--all",
    "is_all",
    is_flag=True,
    help="按申报先后核定一个方案已核验的全部申报 / all checked claims of a programme, in the order of filing",
)
@speaking
def assess(
    numbers: tuple[str, ...], workspace: Path, by: str, day: dt.date | None, clause: str, amount: str, facts: tuple[str, ...],
    shares: tuple[str, ...], is_all: bool, speaker: Speaker,
) -> None:  # fmt: skip
    """按条款核定档次、上限和金额; --all 时写方案代码。Let the clauses set tier, cap and amount; with --all of a whole programme."""
    counter = open_counter(workspace, day)
    if is_all:
        if clause or amount or facts or shares or len(numbers) != 1:
            zh, en = "--all 只与一个方案代码同用, 金额、条款、事实、分担逐件写", "--all goes with one programme and nothing else: state clause, amount, facts and shares claim by claim"  # fmt: skip
            raise KaiwuError(Problem("CL-ALL", zh, en))
        _assess_all(counter, numbers[0], by, speaker)
        return
    fen = read_fen(amount) if amount else None
    given, parts = read_pairs(facts), read_pairs(shares)
    print_cases(speaker, counter.each(numbers, lambda s, n: s.assess(
        n, day=counter.day, by=by, today=counter.today, amount=fen, shares=parts, clause=clause, facts=given)))  # fmt: skip


def _assess_all(counter: Counter, code: str, by: str, speaker: Speaker) -> None:
    programme = counter.workspace.library.programme(code)
    done, problems = counter.desk.assess_all(programme, day=counter.day, by=by, today=counter.today, now=counter.now)
    if speaker.is_json:
        refused = [{"claim": p.where, "code": p.code, "zh": p.zh, "en": p.en} for p in problems]
        speaker.data({"assessed": [{"claim": c.number, "amount_fen": c.amount} for c in done], "refused": refused})
        return
    print_cases(speaker, done)
    for p in problems:
        speaker.say(f"[{p.code}] {p.where}: {p.zh}", f"[{p.code}] {p.where}: {p.en}")
    total = yuan(sum(c.amount for c in done))
    speaker.say(f"核定 {len(done)} 件, 合计 {total}; 未核定 {len(problems)} 件", f"{len(done)} claims assessed, {total} in all; {len(problems)} not assessed")  # fmt: skip


@click.command("effect")
@click.argument("programme")
@workspace_option
@on_option
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), default=None, help="写成 Excel / write as Excel (.xlsx)")  # fmt: skip
@speaking
def effect(programme: str, workspace: Path, day: dt.date | None, out: Path | None, speaker: Speaker) -> None:
    """每元券的成效: 逐题比较兑付前后(不是因果)。Effect per voucher yuan: before and after by question (not causal)."""
    counter = open_counter(workspace, day)
    made = counter.workspace.library.programme(programme)
    with counter.desk.reading(counter.now) as session:
        cases = session.store.cases(programme)
    before = figures_before(counter.workspace, counter.day)
    found = measure_effect(counter.workspace.library, made, cases, as_of=counter.day, before=before)
    if not found:
        zh, en = f"方案“{made.zh}”没有绩效问卷", f"programme “{made.en}” has no effect survey"
        raise KaiwuError(Problem("CL-NO-SURVEY", zh, en))
    if out is not None:
        write_effect(out, made, found, counter.day)
    if speaker.is_json:
        speaker.data({"programme": programme, "as_of": counter.day.isoformat(), "questions": [effect_data(e) for e in found], "note": list(CAVEAT)})  # fmt: skip
        return
    columns = ("问题", "单位", "已答/应答", "可比企业", "前", "后", "变化", "每元变化") if speaker.language == "zh" else ("question", "unit", "answered/due", "firms compared", "before", "after", "change", "change per yuan")  # fmt: skip
    speaker.table(speaker.pick(f"{made.zh} 成效", f"{made.en}: effect"), columns, [effect_row(e, speaker.language) for e in found], right=(2, 3, 4, 5, 6, 7))  # fmt: skip
    speaker.say(*CAVEAT)
    if out is not None:
        speaker.say(f"已写入 {out}", f"written to {out}")
