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
from kaiwu.quantity import KaiwuError, Problem

CONFIG = "kaiwu.toml"
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
    "note",
}


@dataclass(frozen=True, slots=True)
class Job:
    """One standing task (任务): which schemes, over whom, as of when.

    ``schemes`` names them; ``kinds`` and ``packs`` select all of a kind from some packs. ``changes`` are 提档/降档 decided
    by a meeting: entity, class, article, signer, reason, and the scheme where a job has several ratings. ``ids`` are patterns of entity ids (``XS*``), with ``!`` in
    front those to leave out.
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

    def population(self, kind: str, as_of: dt.date, ids: Sequence[str] = ()) -> pl.DataFrame:
        """Entities of a kind whose id fits the patterns: ``entity``, ``name``."""
        frame = entity_frame(self.register, as_of, EntityKind(kind))
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
    head = data.get("workspace") or {}
    problems: list[Problem] = []
    is_synthetic = bool(head.get("synthetic", False))
    jobs = tuple(_job(job, i, where, problems, is_synthetic) for i, job in enumerate(data.get("job") or []))
    packs = tuple(head.get("packs") or ())
    if not packs:
        problems.append(
            Problem("S-PACKS", '没有写用哪些内容包: packs = ["…"]', 'no packs are named: packs = ["…"]', where=where)
        )
    if problems:
        raise KaiwuError(problems)
    roots = tuple((folder / r).resolve() for r in head.get("pack_roots") or ["packs"])
    return Workspace(
        folder=folder,
        zh=str(head.get("zh") or folder.name),
        en=str(head.get("en") or folder.name),
        packs=packs,
        pack_roots=(*(r for r in roots if r.is_dir()), builtin_packs()),
        is_synthetic=is_synthetic,
        jobs=jobs,
    )


def _job(data: Mapping[str, Any], index: int, where: str, problems: list[Problem], is_synthetic: bool) -> Job:
    place = f"{where} job[{index}]"
    for key in set(data) - _JOB_KEYS:
        problems.append(Problem("S-JOB-KEY", f"不认识的键“{key}”", f"unknown key “{key}”", where=place))
    as_of = data.get("as_of")
    if not data.get("code"):
        problems.append(Problem("S-JOB-KEY", "缺少 code", "“code” is missing", where=place))
    if not isinstance(as_of, dt.date):
        problems.append(
            Problem("S-JOB-KEY", "as_of 要写日期, 如 2023-06-30", "as_of wants a date such as 2023-06-30", where=place)
        )
        as_of = dt.date(1970, 1, 1)
    code = str(data.get("code"))
    return Job(
        code=code,
        zh=str(data.get("zh") or code),
        en=str(data.get("en") or code),
        schemes=_texts(data.get("schemes")),
        kinds=_texts(data.get("kinds")),
        packs=_texts(data.get("packs")),
        population=str(data.get("population") or "firm"),
        as_of=as_of,
        rated=int(data.get("rated") or as_of.year - 1),
        purpose=str(data.get("purpose") or code),
        changes=read_changes(data.get("changes") or [], place, problems),
        ids=_texts(data.get("ids")),
        is_synthetic=bool(data.get("synthetic", is_synthetic)),
    )


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else (str(value),)
