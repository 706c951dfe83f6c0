"""A workspace (工作区): a folder with a district's packs, figures, register, runs and objections.

Owns ``kaiwu.toml`` and where things lie. It computes nothing.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from kaiwu.figure import FigureStore
from kaiwu.identity import EntityKind, Register, entity_frame
from kaiwu.pack import Library, builtin_packs, open_library
from kaiwu.procedure.class_change import ClassChange, read_changes
from kaiwu.procedure.sqlite_store import SqliteRunStore
from kaiwu.procedure.toml_table import Table
from kaiwu.procedure.witness import Witness
from kaiwu.quantity import KaiwuError, Problem

CONFIG = "kaiwu.toml"
_HEAD_KEYS = {"zh", "en", "packs", "pack_roots", "synthetic", "note"}
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_JOB_KEYS = {
    "code",
    "zh",
    "en",
    "schemes",
    "kinds",
    "packs",
    "population",
    "ids",
    "as_of",
    "rated",
    "purpose",
    "changes",
    "synthetic",
    "issuer",
    "signer",
    "note",
}


@dataclass(frozen=True, slots=True)
class Job:
    """One standing task (任务): which schemes, over whom, as of when.

    ``schemes`` names them; ``kinds`` and ``packs`` select all of a kind from some packs. ``changes`` are 提档/降档 decided
    by a meeting: entity, class, article, signer, reason, and the scheme where a job has several ratings. ``ids`` are patterns of entity ids (``XS*``), with ``!`` in
    front those to leave out. ``issuer`` and ``signer`` stand on the drafts of notices; they change no result.
    """

    code: str
    zh: str
    en: str
    schemes: tuple[str, ...]
    kinds: tuple[str, ...]
    packs: tuple[str, ...]
    population: str
    as_of: dt.date
    rated: int
    purpose: str
    changes: tuple[ClassChange, ...] = ()
    ids: tuple[str, ...] = ()
    is_synthetic: bool = False
    issuer: str = ""
    signer: str = ""


@dataclass(frozen=True)
class Workspace:
    """An opened workspace; library, figures and state are opened when first used."""

    folder: Path
    zh: str
    en: str
    packs: tuple[str, ...]
    pack_roots: tuple[Path, ...]
    is_synthetic: bool
    jobs: tuple[Job, ...] = field(default_factory=tuple)

    @cached_property
    def library(self) -> Library:
        """The packs as they stand now."""
        return open_library(self.packs, self.pack_roots)

    @cached_property
    def figures(self) -> FigureStore:
        """The append-only figures."""
        return FigureStore(self.folder / "figures")

    @cached_property
    def register(self) -> Register:
        """Who is known."""
        folder = self.folder / "register"
        return Register.load(folder) if folder.is_dir() else Register()

    @cached_property
    def state(self) -> SqliteRunStore:
        """Runs and objections."""
        return SqliteRunStore(self.folder / "state.db")

    @cached_property
    def witness(self) -> Witness:
        """The book and the tamper-evident log."""
        return Witness(self.folder / "state.db", self.folder / "log")

    @property
    def runs_folder(self) -> Path:
        """Frozen inputs and results, one folder for each run."""
        return self.folder / "runs"

    def job(self, code: str) -> Job:
        """The job of a code. Raises ``KaiwuError`` naming those that exist."""
        for job in self.jobs:
            if job.code == code:
                return job
        known = ", ".join(j.code for j in self.jobs) or "-"
        raise KaiwuError(Problem("S-JOB", f"没有任务“{code}”; 现有: {known}", f"no job “{code}”; there are: {known}"))

    def register_at(self, known_at: dt.date) -> Register:
        """Who was known on a day."""
        if all(batch.known_at <= known_at for batch in self.register.batches):
            return self.register
        return Register.load(self.folder / "register", known_at=known_at)

    def population(
        self, kind: str, as_of: dt.date, ids: Sequence[str] = (), known_at: dt.date | None = None
    ) -> pl.DataFrame:
        """Entities of a kind whose id fits the patterns, as known on a day: ``entity``, ``name``; what was merged into another is not one."""
        register = self.register if known_at is None else self.register_at(known_at)
        frame = entity_frame(register, as_of, EntityKind(kind))
        frame = frame.filter(~pl.col("id").is_in([*register.merged(as_of)]))
        wanted = [p for p in ids if not p.startswith("!")]
        barred = [p[1:] for p in ids if p.startswith("!")]
        keep = [
            (not wanted or any(fnmatchcase(i, p) for p in wanted)) and not any(fnmatchcase(i, p) for p in barred)
            for i in frame["id"]
        ]
        return frame.filter(pl.Series(keep, dtype=pl.Boolean)).select(pl.col("id").alias("entity"), pl.col("name"))

    def names(self, as_of: dt.date) -> dict[str, str]:
        """Names of all entities as of a day, by id."""
        frame = entity_frame(self.register, as_of)
        return dict(zip(frame["id"], frame["name"].fill_null(""), strict=True))


def open_workspace(folder: Path | str) -> Workspace:
    """Open the workspace of a folder. Raises ``KaiwuError`` with every mistake of ``kaiwu.toml``."""
    folder = Path(folder)
    path = folder / CONFIG
    if not path.is_file():
        raise KaiwuError(
            Problem("S-WORKSPACE", "这里没有 kaiwu.toml; 用 kaiwu init 建立工作区, 或换一个目录",
                    "there is no kaiwu.toml here: make a workspace with “kaiwu init” or name another folder", where=str(folder))
        )  # fmt: skip
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise KaiwuError(
            Problem("S-TOML", f"kaiwu.toml 写法有误: {error}", f"kaiwu.toml cannot be read: {error}", where=str(path))
        ) from error
    return _build(folder, data, str(path))


def _build(folder: Path, data: Mapping[str, Any], where: str) -> Workspace:
    problems: list[Problem] = []
    top = Table(data, where, problems)
    top.check_keys({"workspace", "job"})
    head = Table(data.get("workspace"), f"{where} workspace", problems)
    head.check_keys(_HEAD_KEYS)
    is_synthetic = head.flag("synthetic", False)
    rows = data.get("job") or []
    if not isinstance(rows, list):
        top.complain("job", "要写成 [[job]] 表", "is written as tables [[job]]")
        rows = []
    jobs = tuple(_job(Table(row, f"{where} job[{i}]", problems), is_synthetic) for i, row in enumerate(rows))
    codes = [job.code for job in jobs]
    for code in sorted({c for c in codes if codes.count(c) > 1}):
        top.complain("job", f"code“{code}”重复", f"code “{code}” occurs twice")
    packs = head.texts("packs")
    if not packs:
        problems.append(
            Problem("S-PACKS", '没有写用哪些内容包: packs = ["…"]', 'no packs are named: packs = ["…"]', where=where)
        )
    roots = tuple((folder / r).resolve() for r in head.texts("pack_roots") or ("packs",))
    zh, en = head.text("zh") or folder.name, head.text("en") or folder.name
    if problems:
        raise KaiwuError(problems)
    return Workspace(
        folder=folder,
        zh=zh,
        en=en,
        packs=packs,
        pack_roots=(*(r for r in roots if r.is_dir()), builtin_packs()),
        is_synthetic=is_synthetic,
        jobs=jobs,
    )


def _job(table: Table, is_synthetic: bool) -> Job:
    table.check_keys(_JOB_KEYS)
    as_of = table.data.get("as_of")
    code = table.text("code")
    if not code and "code" not in table.wrong:
        table.complain("code", "缺少, 请补上", "is missing")
    if not isinstance(as_of, dt.date) or isinstance(as_of, dt.datetime):
        table.complain("as_of", "要写日期, 如 2023-06-30", "wants a date such as 2023-06-30")
        as_of = dt.date(1970, 1, 1)
    population = table.text("population") or "firm"
    if population not in {kind.value for kind in EntityKind}:
        listed = ", ".join(kind.value for kind in EntityKind)
        table.complain("population", f"要写主体种类: {listed}", f"wants a kind of entity: {listed}")
    rated = table.data.get("rated", as_of.year - 1)
    if not isinstance(rated, int) or isinstance(rated, bool) or not _FIRST_YEAR <= rated <= _LAST_YEAR:
        table.complain("rated", "要写四位年份, 如 2022", "wants a year such as 2022")
        rated = as_of.year
    return Job(
        code=code,
        zh=table.text("zh") or code,
        en=table.text("en") or code,
        schemes=tuple(dict.fromkeys(table.texts("schemes"))),
        kinds=table.texts("kinds"),
        packs=table.texts("packs"),
        population=population,
        as_of=as_of,
        rated=rated,
        purpose=table.text("purpose") or code,
        changes=read_changes(table.data.get("changes") or [], table.where, table.problems),
        ids=table.texts("ids"),
        is_synthetic=table.flag("synthetic", is_synthetic),
        issuer=table.text("issuer"),
        signer=table.text("signer"),
    )
