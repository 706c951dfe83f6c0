"""Decide 101 rules over a million firms: our Polars engine against the same rules written by hand in Polars.

The hand-written rules are what a careful analyst writes: whole fen, cross-multiplied ratios, nulls kept, a zero
divisor made null. They answer yes, no or null; ``coded`` writes the four answers out by hand as well. With
``--openfisca PYTHON`` (an interpreter that has openfisca-core, which is measured and never used by the product)
the same rules run there too, in floats and without unknowns, as it knows no others.

Usage: python bench/rules_million.py [--firms N] [--rounds N] [--openfisca PYTHON]
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from kaiwu.rule.check import Checker
from kaiwu.rule.compiled import compile_program
from kaiwu.rule.engine_numpy import evaluate_numpy
from kaiwu.rule.engine_polars import evaluate_polars
from kaiwu.rule.lower import Lowering
from kaiwu.rule.program import Program
from rules_sample import MONEY, build_vocabulary, draw_columns

WAN = 1_000_000  # fen in 万元


@dataclass(frozen=True)
class Rule:
    """One rule as text, as a Polars expression for "known", its "needs a human", and in NumPy source for openfisca."""

    text: str
    known: pl.Expr
    human: pl.Expr | None
    source: str


def money(k: int) -> str:
    return f"m{k}"


def amounts(rng: random.Random) -> Rule:
    a, b, s, t = rng.randrange(20), rng.randrange(20), rng.randint(50, 90000), rng.randint(50, 90000)
    return Rule(
        f"{MONEY[a]} >= {s}万元 或 {MONEY[b]} >= {t}万元",
        (pl.col(money(a)) >= s * WAN) | (pl.col(money(b)) >= t * WAN),
        None,
        f"(v('m{a}') >= {s * WAN}) | (v('m{b}') >= {t * WAN})",
    )


def ratio(rng: random.Random) -> Rule:
    a, tenths, t = rng.randrange(1, 20), rng.randint(1, 300), rng.randint(50, 9000)
    revenue, big = pl.col("m0"), pl.col("m0") >= t * WAN
    share = pl.when(revenue != 0).then(1000 * pl.col(money(a)) >= tenths * revenue)
    return Rule(
        f"{MONEY[a]} / 金额1 >= {tenths / 10}% 且 金额1 >= {t}万元",
        share & big,
        (revenue == 0) & big,
        f"(v('m{a}') / v('m0') >= {tenths / 1000}) & (v('m0') >= {t * WAN})",
    )


def growth(rng: random.Random) -> Rule:
    a, percent, t = rng.randrange(6), rng.randint(1, 40), rng.randint(50, 9000)
    new, old, big = pl.col(money(a)), pl.col(f"m{a}@-1"), pl.col("m0") >= t * WAN
    grown = pl.when(old > 0).then(100 * (new - old) >= percent * old)
    return Rule(
        f"同比增长 {MONEY[a]} >= {percent}% 且 金额1 >= {t}万元",
        grown & big,
        (old <= 0) & big,
        f"((v('m{a}') - v('m{a}@-1')) / v('m{a}@-1') >= {percent / 100}) & (v('m0') >= {t * WAN})",
    )


def per_mu(rng: random.Random) -> Rule:
    a, t = rng.randrange(20), rng.randint(1, 900)
    land = pl.col("a0")
    return Rule(
        f"{MONEY[a]} / 用地 >= {t}万元/亩",
        pl.when(land != 0).then(pl.col(money(a)) >= t * land),  # fen per 10^-6 mu: the factors cancel
        land == 0,
        f"v('m{a}') / v('a0') >= {t}",
    )


def category(rng: random.Random) -> Rule:
    a, t, flag = rng.randrange(20), rng.randint(50, 90000), rng.randrange(12)
    codes = sorted(rng.sample(range(97), 5))
    return Rule(
        f"行业 in ({', '.join(f'类{k}' for k in codes)}) 且 事实{flag + 1} 且 {MONEY[a]} < {t}万元",
        pl.col("c1").is_in(codes) & (pl.col(f"f{flag}") != 0) & (pl.col(money(a)) < t * WAN),
        None,
        f"np.isin(v('c1'), {codes}) & (v('f{flag}') != 0) & (v('m{a}') < {t * WAN})",
    )


def age(rng: random.Random) -> Rule:
    a, t, months = rng.randrange(20), rng.randint(50, 9000), rng.randint(1, 120)
    return Rule(
        f"基准日 - 成立日期 >= {months}个月 且 {MONEY[a]} >= {t}万元",
        ((pl.col("#as_of") - pl.col("founded")) // 31 >= months) & (pl.col(money(a)) >= t * WAN),
        None,
        f"((v('#as_of') - v('founded')) // 31 >= {months}) & (v('m{a}') >= {t * WAN})",
    )


def finding(rng: random.Random) -> Rule:
    a, t, which = rng.randrange(20), rng.randint(50, 90000), rng.randrange(4)
    judged, big = pl.col(f"j{which}"), pl.col(money(a)) >= t * WAN
    return Rule(
        f"{MONEY[a]} >= {t}万元 且 认定{which + 1}",
        big & (judged != 0),
        big & judged.is_null(),
        f"(v('m{a}') >= {t * WAN}) & (v('j{which}') != 0)",
    )


def mean(rng: random.Random) -> Rule:
    a, t = rng.randrange(6), rng.randint(50, 90000)
    return Rule(
        f"近两年均({MONEY[a]}) >= {t}万元",
        pl.col(money(a)) + pl.col(f"m{a}@-1") >= 2 * t * WAN,
        None,
        f"(v('m{a}') + v('m{a}@-1')) / 2 >= {t * WAN}",
    )


FAMILIES: list[tuple[Callable[[random.Random], Rule], int]] = [
    (amounts, 25), (ratio, 20), (growth, 10), (per_mu, 8), (category, 20), (age, 8), (finding, 5), (mean, 5),
]  # fmt: skip


def write_rules(seed: int) -> list[Rule]:
    rng = random.Random(seed)
    return [family(rng) for family, count in FAMILIES for _ in range(count)]


def hand_known(rules: list[Rule], frame: pl.DataFrame) -> pl.DataFrame:
    return frame.lazy().select(r.known.alias(f"r{i}") for i, r in enumerate(rules)).collect(engine="streaming")


def hand_known_in_memory(rules: list[Rule], frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(r.known.alias(f"r{i}") for i, r in enumerate(rules))


def hand_both(rules: list[Rule], frame: pl.DataFrame) -> pl.DataFrame:
    known = [r.known.alias(f"r{i}") for i, r in enumerate(rules)]
    human = [r.human.fill_null(False).alias(f"h{i}") for i, r in enumerate(rules) if r.human is not None]
    return frame.lazy().select(known + human).collect(engine="streaming")


OPENFISCA = """
import json, sys, time
import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import YEAR
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

stored, rules = np.load(sys.argv[1]), json.load(open(sys.argv[2]))
table = {name: stored[name] for name in stored.files}
rows = len(next(iter(table.values())))
firm = build_entity(key="firm", plural="firms", label="", roles=None, is_person=True)
system = TaxBenefitSystem([firm])
plain = lambda name: "x_" + name.replace("@-", "_").replace("#", "_")
for name in table:
    system.add_variable(type(plain(name), (Variable,), dict(value_type=float, entity=firm, definition_period=YEAR)))
def make(source):
    code = compile(source, "rule", "eval")
    return lambda firms, period: eval(code, {"np": np, "v": lambda name: firms(plain(name), period)})
for i, source in enumerate(rules):
    formula = make(source)
    system.add_variable(type(f"r{i}", (Variable,), dict(value_type=bool, entity=firm, definition_period=YEAR, formula=formula)))
np.seterr(all="ignore")
print("ready", flush=True)
for _ in sys.stdin:  # one round for every line, so that both sides meet the same machine
    began, began_cpu = time.perf_counter(), time.process_time()
    simulation = SimulationBuilder().build_default_simulation(system, rows)
    for name, column in table.items():
        simulation.set_input(plain(name), "2024", column)
    start, start_cpu = time.perf_counter(), time.process_time()
    for i in range(len(rules)):
        simulation.calculate(f"r{i}", "2024")
    done, done_cpu = time.perf_counter(), time.process_time()
    print(json.dumps([done - start, done_cpu - start_cpu, done - began, done_cpu - began_cpu]), flush=True)
"""


@contextmanager
def open_openfisca(python: str, rules: list[Rule], frame: pl.DataFrame) -> Iterator[Callable[[], list[float]]]:
    """A process with openfisca-core and the same columns; each call runs one round and gives its four times."""
    with tempfile.TemporaryDirectory() as folder:
        arrays = {c: frame[c].fill_null(0).to_numpy() for c in frame.columns}
        np.savez(Path(folder, "columns.npz"), **arrays)
        Path(folder, "rules.json").write_text(json.dumps([r.source for r in rules]))
        Path(folder, "run.py").write_text(OPENFISCA)
        command = [python, "run.py", "columns.npz", "rules.json"]
        with subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdin is not None and child.stdout is not None
            if child.stdout.readline().strip() != "ready":
                sys.exit("openfisca-core did not start")

            def run_round() -> list[float]:
                print(file=child.stdin, flush=True)
                found: list[float] = json.loads(child.stdout.readline())  # type: ignore[union-attr]
                return found

            yield run_round
            child.stdin.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--firms", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--openfisca", metavar="PYTHON")
    options = parser.parse_args()

    rules = write_rules(1)
    checker, program = Checker(build_vocabulary()), Program()
    lowering = Lowering(program)
    roots = [lowering.condition(checker.condition(r.text)) for r in rules]
    compiled = compile_program(program)
    columns = draw_columns(program, options.firms, seed=1)
    frame = pl.DataFrame(list(columns.values()))

    contenders: dict[str, Callable[[], object]] = {
        "hand": lambda: hand_known(rules, frame),
        "hand, in memory": lambda: hand_known_in_memory(rules, frame),
        "hand, with findings": lambda: hand_both(rules, frame),
        "engine": lambda: evaluate_polars(compiled, roots, [], frame),
        "engine, unchecked": lambda: evaluate_polars(compiled, roots, [], frame, check=False),
        "NumPy engine": lambda: evaluate_numpy(compiled, roots, [], columns),
    }
    assert_equal(rules, roots, hand_both(rules, frame), evaluate_polars(compiled, roots, [], frame))
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    cpu: dict[str, list[float]] = {name: [] for name in contenders}
    opened = open_openfisca(options.openfisca, rules, frame) if options.openfisca else nullcontext()
    with opened as peer:
        for _ in range(options.rounds):
            measure_round(contenders, seconds, cpu)
            if peer is not None:
                inner, inner_cpu, whole, whole_cpu = peer()
                for name, time_, work in ((INNER, inner, inner_cpu), (WHOLE, whole, whole_cpu)):
                    seconds.setdefault(name, []).append(time_)
                    cpu.setdefault(name, []).append(work)
    report(seconds, cpu, len(rules), options.firms)


INNER, WHOLE = "openfisca-core, formulas alone", "openfisca-core, from the columns"


def measure_round(
    contenders: dict[str, Callable[[], object]], seconds: dict[str, list[float]], cpu: dict[str, list[float]]
) -> None:
    """All once, side by side, so that a busy machine slows all alike."""
    for name, run in contenders.items():
        start, start_cpu = time.perf_counter(), time.process_time()
        run()
        seconds[name].append(time.perf_counter() - start)
        cpu[name].append(time.process_time() - start_cpu)


def assert_equal(rules: list[Rule], roots: list[int], hand: pl.DataFrame, ours: object) -> None:
    """The hand-written rules mean the same, or the comparison is worth nothing."""
    for i, (rule, root) in enumerate(zip(rules, roots, strict=True)):
        truth, human = ours.truth[str(root)], ours.human  # type: ignore[attr-defined]
        assert hand[f"r{i}"].equals(truth.rename(f"r{i}"), null_equal=True), rule.text
        if rule.human is not None:
            assert hand[f"h{i}"].equals(human[str(root)].rename(f"h{i}")), rule.text


def report(seconds: dict[str, list[float]], cpu: dict[str, list[float]], rules: int, firms: int) -> None:
    best, best_cpu = ({name: min(times) for name, times in table.items()} for table in (seconds, cpu))
    base, base_cpu = (min(t["hand"], t["hand, in memory"]) for t in (best, best_cpu))
    print(
        f"{rules} rules × {firms:,} firms, best of {len(seconds['hand'])} rounds side by side; 1.00 is the faster ",
        end="",
    )
    print("hand-written form\n")
    print("| evaluator | × time | × processor time | × time of hand-written with findings | ns per firm and rule |")
    print("|---|---:|---:|---:|---:|")
    for name, value in best.items():
        both = value / best["hand, with findings"]
        work = best_cpu[name] / base_cpu
        print(f"| {name} | {value / base:.2f} | {work:.2f} | {both:.2f} | {value / rules / firms * 1e9:.2f} |")
    for name in (INNER, WHOLE):
        if name in seconds:
            ratios = sorted(peer / ours for peer, ours in zip(seconds[name], seconds["engine"], strict=True))
            middle = statistics.median(ratios)
            print(f"\n{name}: {best[name] / best['engine']:.1f} × our engine's best time; ", end="")
            print(f"round by round {ratios[0]:.1f} to {ratios[-1]:.1f}, median {middle:.1f}")
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB")


if __name__ == "__main__":
    main()
