"""The pages of variables and schemes, from the packs that ship."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from kaiwu.cli.reference.markdown import code, page, table
from kaiwu.figure.variable import Variable
from kaiwu.pack import Library, builtin_packs, open_library
from kaiwu.pack.library import find_packs
from kaiwu.rule.rulebook import Head

STANDING = {"attested": "", "single_copy": "待核实(单一来源)", "memory": "待核实(记忆)", "inferred": "待核实(推断)"}


@cache
def shipped() -> Library:
    """All packs that ship with the program."""
    roots = [builtin_packs()]
    return open_library(sorted(find_packs(roots)), roots)


def describe_variables() -> str:
    """The page: every variable of every pack, by pack."""
    library = shipped()
    lead = f"{len(library.shelves)} 个内容包, {len(library.variables)} 个变量。缺数据时向“部门”要。Variables by pack; the owner is asked for a missing figure."
    return page("Variables 变量", lead, *_variable_sections(library))


def _variable_sections(library: Library) -> Iterator[str]:
    head = ("code", "名称", "name", "单位 unit", "kind", "period", "scope", "部门 owner", "口径或公式 definition")
    for pack, shelf in library.shelves.items():
        own = [v for v in library.variables.values() if v.where.startswith(f"{pack}/")]
        if own:
            yield f"## {shelf.pack.zh} `{pack}`"
            yield table(head, [_variable(v) for v in own])


def _variable(v: Variable) -> tuple[object, ...]:
    unit = v.unit.zh if v.unit else ""
    kind = (
        v.kind.value
        if not v.values
        else f"{v.kind.value}: {'、'.join(v.values[:6])}{' …' if len(v.values) > 6 else ''}"
    )
    said = "; ".join(part for part in (v.definition, f"= {v.derive}" if v.derive else "", STANDING[v.standing]) if part)
    return (
        code(v.code), "、".join((v.zh, *v.aliases)), v.en, unit, kind, v.period.value, v.scope, v.owner, said,
    )  # fmt: skip


def describe_schemes() -> str:
    """The page: every rulebook with its document, validity and standing."""
    library = shipped()
    head = ("scheme", "名称", "kind", "document 依据", "in force 施行", "status", "standing 可信程度")
    parts = []
    for pack, shelf in library.shelves.items():
        heads = [h for owner, _, h in library.heads.values() if owner == pack]
        if heads:
            parts += [f"## {shelf.pack.zh} `{pack}` {shelf.pack.version}", table(head, [_scheme(h) for h in heads])]
    lead = (
        f"{len(library.heads)} 个方案。`template` 是内容未公开的空模板, `draft` 只可试算。\n\n"
        "A `template` is empty because its content was never published; a `draft` may be tried and never noticed. Packs are a working reading "
        "of public documents; the published text alone is binding."
    )
    return page("Schemes 方案", lead, *parts)


def _scheme(h: Head) -> tuple[object, ...]:
    document = " ".join(
        part for part in (h.document.title, h.document.number, h.document.issuer, h.document.date) if part
    )
    end = h.validity.repealed or h.validity.valid_to or ""
    standing = h.document.standing + (" 待核实" if not h.document.is_attested else "")
    return code(h.code), h.zh, h.kind, document, f"{h.validity.valid_from or ''} – {end}", h.status, standing
