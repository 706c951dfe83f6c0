"""A workspace with a synthetic district (合成工作区): configuration, departments' files, declarations, comparison.

Owns which files stand where. It does not import them: that is done like any user's import. All names, titles and
templates say that the data are synthetic.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from kaiwu.pack import Library, builtin_packs, open_library
from kaiwu.pack.library import find_packs
from kaiwu.procedure import open_workspace
from kaiwu.procedure.intake import templates_of
from kaiwu.procedure.workspace import CONFIG
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.synth.calibration import Calibration
from kaiwu.synth.declaration import Declared, Form, fill_form, list_forms
from kaiwu.synth.district import District
from kaiwu.synth.marginal import Comparison, compare_targets, print_csv, print_markdown
from kaiwu.synth.mistake import write_mistakes
from kaiwu.synth.month import make_month_books
from kaiwu.synth.table import Book, make_books
from kaiwu.synth.voucher import VoucherYear
from kaiwu.synth.voucher_file import make_voucher_year, write_pack, write_voucher_files
from kaiwu.synth.voucher_setting import VoucherPlan
from kaiwu.synth.workbook import write_book

INBOX, PACKS = "inbox", "packs"
MANIFEST = "synth.json"
Progress = Callable[[str, int], None]
"""Called before each file with its name and the number of files in all."""


@dataclass(slots=True)
class Written:
    """What was written: files with their rows, the comparison with the targets, packs that could not be used."""

    folder: Path
    books: list[Book] = field(default_factory=list)
    comparison: list[Comparison] = field(default_factory=list)
    packs: tuple[str, ...] = ()
    left_out: dict[str, str] = field(default_factory=dict)
    mistakes: Path | None = None
    vouchers: VoucherYear | None = None

    @property
    def rows(self) -> int:
        """Rows of data in all files."""
        return sum(book.rows for book in self.books)

    @property
    def missing(self) -> float:
        """Share of the cells that apply but were left empty, in sheets that are not clean by declaration."""
        applicable = sum(book.applicable for book in self.books)
        return sum(book.missing for book in self.books) / applicable if applicable else 0.0


def write_workspace(
    district: District,
    folder: Path,
    *,
    roots: Sequence[Path] = (),
    jobs: str = "",
    with_mistakes: bool = False,
    vouchers: VoucherPlan | None = None,
    progress: Progress | None = None,
) -> Written:
    """Write a workspace into a folder that holds none yet. ``jobs`` is appended to its ``kaiwu.toml``; ``vouchers`` adds a
    year of claims (``inbox/vouchers``) with its programme.

    Policy packs that do not load are left out and named. Raises ``KaiwuError`` where a workspace stands there already.
    """
    if (folder / CONFIG).exists():
        raise KaiwuError(Problem("Y-EXISTS", "这里已有工作区, 请换一个目录", "there is a workspace here already: choose another folder",
                                 where=str(folder)))  # fmt: skip
    calibration = district.calibration
    written = Written(folder)
    library, policies = _open_packs(calibration, [*roots, builtin_packs()], written)
    settings = calibration.settings
    given = _given(calibration, library)
    forms = list_forms(library, policies, given, settings.name.mark)
    filled = [fill_form(district, form, library.shelves[form.pack]) for form in forms]
    written.packs = (*written.packs, *_write_packs(calibration, filled, folder / PACKS))
    if vouchers is not None:
        written.packs = (*written.packs, write_pack(vouchers, folder / PACKS, settings.name.label))
    _write_config(calibration, folder, written.packs, [*roots], jobs)
    workspace = open_workspace(folder)
    templates = templates_of(workspace)
    (folder / INBOX).mkdir(parents=True, exist_ok=True)
    total = len(settings.sheets) + len(filled)
    for spec in settings.sheets:
        if progress is not None:
            progress(spec.template, total)
        written.books += [
            _write(book, folder, settings.name.label) for book in make_books(district, spec, templates[spec.template])
        ]
    written.books += [_write(book, folder, settings.name.label) for book in make_month_books(district, templates)]
    for each in filled:
        if progress is not None:
            progress(each.form.code, total)
        written.books.append(_write(each.book, folder, settings.name.label))
    if vouchers is not None:
        written.vouchers = make_voucher_year(district, vouchers)
        write_voucher_files(written.vouchers, folder, district.streams.open("voucher lists"))
    if with_mistakes:
        written.mistakes = write_mistakes(district, templates, folder / "mistakes")
    written.comparison = compare_targets(district, missing=written.missing)
    _write_papers(district, written)
    return written


def _write(book: Book, folder: Path, label: str) -> Book:
    """Write a book and let go of its cells, keeping the counts."""
    write_book(book, folder / INBOX, label)
    for page in book.pages:
        page.columns = [[None] * len(page.columns[0])]
    return book


# -- packs -----------------------------------------------------------------------------------------------------------


def _open_packs(calibration: Calibration, roots: Sequence[Path], written: Written) -> tuple[Library, list[str]]:
    """The library of the workspace: its packs and those of the policies that load, and the latter in order."""
    places = find_packs(roots)
    patterns = calibration.settings.policies
    wanted = [*dict.fromkeys(name for pattern in patterns for name in sorted(places) if fnmatchcase(name, pattern))]
    library, flaw = _try_library(calibration, wanted, roots)
    if library is None:
        for name in wanted:
            _, flaw = _try_library(calibration, [name], roots)
            if flaw is not None:
                written.left_out[name] = str(flaw.problems[0])
        wanted = [name for name in wanted if name not in written.left_out]
        library, flaw = _try_library(calibration, wanted, roots)
    if library is None:
        assert flaw is not None, "either a library or a flaw"
        raise flaw
    written.packs = tuple(dict.fromkeys([*calibration.settings.packs, *wanted]))
    return library, wanted


def _try_library(
    calibration: Calibration, policies: Sequence[str], roots: Sequence[Path]
) -> tuple[Library | None, KaiwuError | None]:
    """The library with these policy packs, all their schemes compiled, or why there is none."""
    try:
        library = open_library([*calibration.settings.packs, *policies], roots)
        for code, (pack, _, head) in library.heads.items():
            if pack in policies and head.status != "template":
                library.scheme(code)
    except KaiwuError as flaw:
        return None, flaw
    return library, None


def _given(calibration: Calibration, library: Library) -> set[str]:
    """Variables that departments' sheets carry."""
    return {column.variable for sheet in calibration.settings.sheets for column in sheet.columns if column.variable}


def _write_packs(calibration: Calibration, filled: Sequence[Declared], folder: Path) -> list[str]:
    """One small pack of import templates for each policy pack, because two policy packs may use one name."""
    names = []
    for pack in dict.fromkeys(each.form.pack for each in filled):
        forms = [each for each in filled if each.form.pack == pack]
        name = f"declared_{pack.replace('/', '_')}"
        names.append(name)
        head = _pack_head(calibration, name, forms[0].form)
        (folder / name / "imports").mkdir(parents=True, exist_ok=True)
        (folder / name / "pack.yaml").write_text(head, encoding="utf-8")
        for each in forms:
            (folder / name / "imports" / f"{each.form.code}.yaml").write_text(each.template, encoding="utf-8")
    return names


def _pack_head(calibration: Calibration, name: str, form: Form) -> str:
    label = calibration.settings.name.label
    return (
        f"pack: {name}\nzh: {label}申报表\nen: Synthetic declarations\nversion: \"1\"\nsynthetic: true\n"
        f"depends: [{form.pack}]\nnote: {label}; 由合成程序生成, 只有导入模板\n"
    )  # fmt: skip


def _write_config(
    calibration: Calibration, folder: Path, packs: Sequence[str], roots: Sequence[Path], jobs: str
) -> None:
    settings = calibration.settings
    listed = ", ".join(_quote(str(path)) for path in [PACKS, *[root.resolve() for root in roots]])
    text = (
        f"# {settings.name.label}: 由 kaiwu synth 生成 / made by kaiwu synth; nothing here is about a real firm\n[workspace]\n"
        f"zh = {_quote(settings.zh)}\nen = {_quote(settings.en)}\n"
        f"packs = [{', '.join(map(_quote, packs))}]\npack_roots = [{listed}]\nsynthetic = true\n"
    )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG).write_text(text + (f"\n{jobs.strip()}\n" if jobs.strip() else ""), encoding="utf-8")


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


# -- papers ----------------------------------------------------------------------------------------------------------


def _write_papers(district: District, written: Written) -> None:
    """The comparison with the targets as a table and a page, and a manifest of all files."""
    settings = district.calibration.settings
    (written.folder / "calibration.csv").write_text(print_csv(written.comparison), encoding="utf-8")
    page = print_markdown(written.comparison, f"{settings.zh} 标定对照", settings.name.label)
    (written.folder / "calibration.md").write_text(page, encoding="utf-8")
    manifest = {
        "synthetic": True,
        "label": settings.name.label,
        "pack": district.calibration.pack,
        "pack_digest": district.calibration.digest,
        "firms": district.firms.count,
        "seed": district.seed,
        "years": list(district.firms.years),
        "packs": list(written.packs),
        "left_out": written.left_out,
        "files": [
            {"file": b.file, "template": b.template, "rows": b.rows, "cells": b.applicable, "missing": b.missing}
            for b in written.books
        ],
    }
    (written.folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
