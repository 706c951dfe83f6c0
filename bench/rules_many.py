"""Decide 107,000 rules (6,000 policies) for 14,000 firms from a cached program, on the NumPy engine.

Building the cache (parse, check, lower) and deciding run in processes of their own, so that times and memory
of the second are its own. ``--cache FILE`` keeps the cache between runs.

Usage: python bench/rules_many.py [--policies N] [--firms N] [--threads N] [--cache FILE]
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kaiwu.rule.check import Checker
from kaiwu.rule.compiled import load_program, save_program
from kaiwu.rule.engine_numpy import count_numpy, evaluate_numpy
from kaiwu.rule.lower import Lowering
from kaiwu.rule.program import Program
from rules_sample import build_vocabulary, draw_columns, write_policy

KEY = "bench"


def build(path: Path, policies: int) -> dict[str, float]:
    """Write the policies, compile them and save the program."""
    rng, checker, program = random.Random(1), Checker(build_vocabulary()), Program()
    lowering, roots = Lowering(program), []
    start = time.perf_counter()
    for _ in range(policies):
        for text in write_policy(rng, rng.choice((17, 18, 18, 18, 18))):
            roots.append(lowering.condition(checker.condition(text)))
    compiled = time.perf_counter() - start
    save_program(path, program, {"rules": roots}, KEY)
    return {"compile s": compiled, "file MiB": path.stat().st_size / 2**20}


def decide(path: Path, firms: int, threads: int) -> dict[str, float]:
    """Load the program, draw firms, decide every rule for every firm twice: counted, and kept as planes."""
    start = time.perf_counter()
    program, roots = load_program(path, KEY)
    load = time.perf_counter() - start
    columns = draw_columns(program.restore(), firms, seed=1)
    rules = roots["rules"]
    start, start_cpu = time.perf_counter(), time.process_time()
    counts = count_numpy(program, rules, columns, threads=threads)
    counted, counted_cpu = time.perf_counter() - start, time.process_time() - start_cpu
    peak = memory_gib()
    start = time.perf_counter()
    planes = evaluate_numpy(program, rules, [], columns, threads=threads)
    kept = time.perf_counter() - start
    assert counts.sum() == len(rules) * firms
    assert planes.counts().sum() == len(planes.true) * firms
    shares = counts.sum(axis=0) / counts.sum()
    return {
        "rules": len(rules), "distinct": len(planes.true), "nodes": len(program), "load s": load,
        "decide and count s": counted, "processor s": counted_cpu, "peak GiB": peak,
        "decide and keep s": kept, "peak GiB kept": memory_gib(),
        "不符合": shares[0], "符合": shares[1], "缺数据": shares[2], "需认定": shares[3],
    }  # fmt: skip


def memory_gib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def run_apart(*arguments: str) -> dict[str, float]:
    done = subprocess.run([sys.executable, __file__, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    result: dict[str, float] = json.loads(done.stdout)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--policies", type=int, default=6_000)
    parser.add_argument("--firms", type=int, default=14_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--step", choices=["build", "decide"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step == "build":
        print(json.dumps(build(options.cache, options.policies)))
        return
    if options.step == "decide":
        print(json.dumps(decide(options.cache, options.firms, options.threads)))
        return
    with tempfile.TemporaryDirectory() as folder:
        cache = options.cache or Path(folder, "program.npz")
        sizes = ["--policies", str(options.policies), "--firms", str(options.firms), "--threads", str(options.threads)]
        built = {} if cache.exists() else run_apart("--step", "build", "--cache", str(cache), *sizes)
        report(options.firms, built, run_apart("--step", "decide", "--cache", str(cache), *sizes))


def report(firms: int, built: dict[str, float], found: dict[str, float]) -> None:
    decisions = found["rules"] * firms
    shares = " · ".join(f"{name} {found[name]:.1%}" for name in ("不符合", "符合", "缺数据", "需认定"))
    print(f"{found['rules']:,} rules × {firms:,} firms = {decisions:,} decisions; {found['nodes']:,} nodes; {shares}\n")
    print("| what | reach | measured |")
    print("|---|---|---:|")
    print(f"| share of the 10 s that deciding takes | ≤ 1 | {found['decide and count s'] / 10:.2f} |")
    print(f"| decide and count, wall | ≤ 10 s | {found['decide and count s']:.1f} s |")
    print(f"| decide and count, processor | ≤ 20 s | {found['processor s']:.1f} s |")
    print(f"| decide and keep every answer | | {found['decide and keep s']:.1f} s |")
    print(f"| per decision | | {found['decide and count s'] / decisions * 1e9:.2f} ns |")
    print(f"| load the cached program | ≤ 1 s | {found['load s']:.2f} s |")
    print(f"| peak memory, counting | < 4 GiB | {found['peak GiB']:.2f} GiB |")
    print(f"| peak memory, all answers kept | < 4 GiB | {found['peak GiB kept']:.2f} GiB |")
    for name, value in built.items():
        print(f"| once per pack: {name} | | {value:.1f} |")


if __name__ == "__main__":
    main()
