"""Commands about content: check, lint, schemes, variables.

Owns arguments and printing; ``kaiwu.pack`` reads and checks.
"""

from __future__ import annotations

from pathlib import Path

import click

from kaiwu.cli.console import EXIT_BAD_INPUT, EXIT_DIFFERENT, Speaker, problem_data
from kaiwu.cli.option import packs_option, speaking
from kaiwu.pack import Library, builtin_packs, open_library
from kaiwu.pack.case import run_cases
from kaiwu.pack.library import find_packs
from kaiwu.pack.pack import read_pack
from kaiwu.procedure.execution import order_schemes
from kaiwu.quantity import KaiwuError, Problem


def locate_pack(name: str, roots: tuple[Path, ...]) -> tuple[str, list[Path]]:
    """The name and the roots of a pack given by name or by folder."""
    folder = Path(name)
    if (folder / "pack.yaml").is_file():
        place = folder.resolve()
        code = read_pack(place).code
        is_named = place.as_posix().endswith(f"/{code}")  # reference/x lies two folders deep
        outer = place.parents[code.count("/") if is_named else 0]
        return place.relative_to(outer).as_posix(), [outer, *roots, builtin_packs()]
    return name, [*roots, builtin_packs()]


def open_all(names: tuple[str, ...], roots: tuple[Path, ...]) -> Library:
    """The named packs, or all packs of the roots."""
    places = [*roots, builtin_packs()]
    return open_library(names or sorted(find_packs(places)), places)


@click.command()
@click.argument("pack")
@packs_option
@click.option("--tests/--no-tests", "with_tests", default=True, help="运行内容包测试 / run its tests")
@speaking
def check(pack: str, pack_roots: tuple[Path, ...], with_tests: bool, speaker: Speaker) -> None:
    """检查内容包: 装载、编译、运行其测试, 所有错误一次列出。Check a pack: load, compile, run its tests, all mistakes at once."""
    from kaiwu.pack.market_shelf import open_market
    from kaiwu.pack.pool_shelf import open_pools

    name, roots = locate_pack(pack, pack_roots)
    try:
        library = open_library([name], roots)
        order_schemes(library.schemes())
        open_market(library)
        open_pools(library)
    except KaiwuError as error:
        speaker.problems(error.problems)
        zh, en = f"{name}: {len(error.problems)} 处错误", f"{name}: {len(error.problems)} mistakes"
        speaker.errors.print(speaker.pick(zh, en)) if not speaker.is_json else None
        raise SystemExit(EXIT_BAD_INPUT) from error
    reports = run_cases(library, name) if with_tests else []
    failed = [r for r in reports if not r.is_passed]
    own = [h for p, _, h in library.heads.values() if p == name]
    if speaker.is_json:
        cases = [
            {"name": r.name, "where": r.where, "cites": r.cites, "differences": list(r.differences)} for r in reports
        ]
        speaker.data({"pack": name, "schemes": [h.code for h in own], "variables": len(library.shelves[name].catalogue), "tests": cases,
                      "digest": library.shelves[name].pack.digest, "problems": []})  # fmt: skip
    for report in failed:
        speaker.errors.print(f"✗ {report.where} {report.name} [{report.cites}]", style="red", markup=False)
        for difference in report.differences:
            speaker.errors.print(f"    {difference}", markup=False)
    speaker.say(
        f"{name}: {len(own)} 个规则文件, {len(reports) - len(failed)}/{len(reports)} 个测试通过",
        f"{name}: {len(own)} rulebooks, {len(reports) - len(failed)}/{len(reports)} tests pass",
    )
    if failed:
        raise SystemExit(EXIT_DIFFERENT)


@click.command()
@click.argument("pack")
@packs_option
@click.option("--strict", is_flag=True, help="有提示也算失败 / fail on warnings too")
@speaking
def lint(pack: str, pack_roots: tuple[Path, ...], strict: bool, speaker: Speaker) -> None:
    """查内容毛病: 档位缺口与重叠、永真永假、量级可疑、公平竞争审查等。Look for doubtful content: gaps, overlaps, fair competition …"""
    from kaiwu.pack.lint import lint_pack

    name, roots = locate_pack(pack, pack_roots)
    findings = lint_pack(open_library([name], roots), name)
    if speaker.is_json:
        speaker.data([{"severity": severity, **problem_data(p)} for severity, p in findings])
    else:
        for severity, problem in findings:
            speaker.console.print(f"{severity}: {problem}", markup=False)
        speaker.say(f"{name}: {len(findings)} 条提示", f"{name}: {len(findings)} findings")
    if any(s == "error" for s, _ in findings) or (strict and findings):
        raise SystemExit(EXIT_DIFFERENT)


@click.command()
@click.argument("names", nargs=-1)
@packs_option
@speaking
def schemes(names: tuple[str, ...], pack_roots: tuple[Path, ...], speaker: Speaker) -> None:
    """列出方案。List schemes with kind, validity and standing."""
    library = open_all(names, pack_roots)
    zh = ("方案", "名称", "种类", "施行", "废止", "状态", "可信程度", "内容包")
    en = ("scheme", "name", "kind", "from", "to", "status", "standing", "pack")
    rows = []
    for code, (pack, _, head) in library.heads.items():
        end = head.validity.repealed or head.validity.valid_to or ""
        rows.append(
            (
                code,
                speaker.pick(head.zh, head.en),
                head.kind,
                head.validity.valid_from or "",
                end,
                head.status,
                head.document.standing,
                pack,
            )
        )
    speaker.table(speaker.pick("方案", "schemes"), zh if speaker.language == "zh" and not speaker.is_json else en, rows)


@click.command()
@click.argument("names", nargs=-1)
@packs_option
@click.option("--scheme", default=None, help="只列某方案要的变量 / only what a scheme reads")
@speaking
def variables(names: tuple[str, ...], pack_roots: tuple[Path, ...], scheme: str | None, speaker: Speaker) -> None:
    """列出变量: 代码、名称、单位、时期、口径、来源部门。List variables with unit, period, scope and owner."""
    library = open_all(names, pack_roots)
    if scheme is not None:
        needs = library.scheme(scheme).needs()
        found = [(n.slot, n.variable) for n in needs]
    else:
        found = [(v.code, v) for v in library.variables.values()]
    zh = ("代码", "名称", "单位", "时期", "口径", "部门", "种类")
    en = ("code", "name", "unit", "period", "scope", "owner", "kind")
    rows = [
        (slot, speaker.pick(v.zh, v.en), v.unit.zh if v.unit else "", v.period.value, v.scope, v.owner, v.kind.value)
        for slot, v in found
    ]
    if not rows:
        raise KaiwuError(Problem("P-NO-VARIABLE", "没有变量", "there are no variables"))
    speaker.table(
        speaker.pick("变量", "variables"), zh if speaker.language == "zh" and not speaker.is_json else en, rows
    )
