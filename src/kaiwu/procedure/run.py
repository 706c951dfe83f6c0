"""Runs (测算): freeze what goes in, execute, keep what comes out, and do it again exactly.

Owns the life of one run. A run stands on three digests (frame, packs, figures' manifest) and yields a fourth; the
engine's version stands beside them.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from kaiwu.figure import Frame, Slot, build_frame, load_frame
from kaiwu.pack import Library, thaw_library
from kaiwu.procedure.class_change import place_changes
from kaiwu.procedure.execution import Execution, Run, execute, needs_of
from kaiwu.procedure.merged_figures import read_merged
from kaiwu.procedure.record import RunRecord
from kaiwu.procedure.workspace import Job, Workspace
from kaiwu.quantity import KaiwuError, Problem
from kaiwu.rule.decision import Facts, Scheme
from kaiwu.version import __version__

Progress = Callable[[str], None]


def _silent(_: str) -> None:
    return


def select_schemes(library: Library, job: Job) -> list[Scheme]:
    """The schemes of a job: those named (a family's name means its version in force), and all of the named kinds and packs.

    A rulebook that is not in force is refused when named, and passed over when selected by kind.
    """
    chosen = [_named_scheme(library, code, job) for code in job.schemes]
    taken = {scheme.code for scheme in chosen}
    for code, (pack, _, head) in library.heads.items():
        fits = head.kind in job.kinds and (not job.packs or pack in job.packs) and head.population == job.population
        if fits and head.status == "in_use" and head.is_in_force(job.as_of, job.rated) and code not in taken:
            chosen.append(library.scheme(code))
    if not chosen:
        raise KaiwuError(Problem("S-EMPTY", f"任务“{job.code}”没有选中任何方案", f"job “{job.code}” selects no scheme"))
    return chosen


def _named_scheme(library: Library, code: str, job: Job) -> Scheme:
    if code not in library.heads and any(head.family == code for _, _, head in library.heads.values()):
        return library.version_of(code, job.as_of, job.rated)
    scheme = library.scheme(code)
    head = library.heads[code][2]
    if not head.is_in_force(job.as_of, job.rated):
        raise KaiwuError(
            Problem(
                "S-VALIDITY",
                f"{head.zh} 在 {job.as_of}(评价年度 {job.rated})不在施行期, 不能新测算(旧测算仍可重放)",
                f"{head.en} is not in force on {job.as_of} (rated year {job.rated}): no new run (old runs still replay)",
                where=code,
            )
        )
    return scheme


def facts_of(frame: Frame) -> Facts:
    """What engines may read of a frame."""
    return Facts(frame.table, frame.as_of, frame.rated)


def run_job(
    workspace: Workspace,
    job: Job,
    *,
    known_at: dt.date,
    created_at: str = "",
    corrects: str = "",
    library: Library | None = None,
    scope: pl.Series | None = None,
    batches: Collection[int] | None = None,
    progress: Progress = _silent,
) -> Run:
    """Execute a job of a workspace as known on a day, keep it under a new number and return it.

    ``library``, ``scope`` (entities) and ``batches`` (of figures) are those of an earlier run that this one follows; by
    default those of today.
    """
    library = library or workspace.library
    schemes = select_schemes(library, job)
    population = (
        workspace.population(job.population, job.as_of, job.ids, known_at).select("entity")
        if scope is None
        else pl.DataFrame({"entity": scope})
    )
    if population.height == 0:
        raise KaiwuError(
            Problem(
                "S-POPULATION",
                f"主体库中没有“{job.population}”; 请先导入主体",
                f"the register has no “{job.population}”: import entities first",
            )
        )
    progress(f"{job.zh}: {population.height} × {len(schemes)}")
    needs = needs_of(schemes)
    figures = workspace.figures
    read = tuple(n.batch for n in figures.batches(known_at) if batches is None or n.batch in batches)
    merged = workspace.register_at(known_at).merged(job.as_of)
    source = read_merged(figures if batches is None else figures.only(read), merged, frozenset(population["entity"]))
    frame = build_frame(
        source, population, [Slot(n.variable, n.offset) for n in needs],
        rated=job.rated, as_of=job.as_of, known_at=known_at, purpose=job.purpose,
    )  # fmt: skip
    execution = execute(schemes, facts_of(frame), place_changes(job.changes, schemes))
    number = workspace.state.next_number()
    folder = workspace.runs_folder / number
    frame_digest = frame.save(folder / "frame")
    pack_digest = freeze_packs(workspace, library)
    save_results(folder, execution)
    record = RunRecord(
        number=number, job=job.code, zh=job.zh, en=job.en, schemes=tuple(execution.results), population=population.height,
        as_of=job.as_of, rated=job.rated, known_at=known_at, purpose=job.purpose,
        manifest_digest=figures.manifest_digest(known_at, read), pack_digest=pack_digest, frame_digest=frame_digest,
        result_digest=execution.digest(), engine=__version__, corrects=corrects, is_synthetic=_is_synthetic(job, library, schemes, frame),
        created_at=created_at, changes=execution.changes, batches=read,
    )  # fmt: skip
    (folder / "run.json").write_text(json.dumps(record.to_data(), ensure_ascii=False, indent=1), encoding="utf-8")
    run = Run(record, frame, library, execution)
    workspace.state.add_run(record, workspace.witness.run_leaves(run))
    return run


def _is_synthetic(job: Job, library: Library, schemes: Sequence[Scheme], frame: Frame) -> bool:
    """Whether the job says so, a figure is, or a rulebook is. Packs that only declare sheets label the figures they take in."""
    packs = {library.heads[scheme.code][0] for scheme in schemes}
    is_invented = any(library.shelves[pack].pack.is_synthetic for pack in packs)
    return job.is_synthetic or is_invented or bool(frame.sources["synthetic"].any())


def freeze_packs(workspace: Workspace, library: Library) -> str:
    """Keep the files of all packs once per digest; returns the digest."""
    return freeze_library(workspace.folder, library)


def freeze_library(folder: Path, library: Library) -> str:
    """``freeze_packs`` in the folder of a workspace."""
    digest = library.digest
    path = _frozen_path(folder, digest)
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        text = json.dumps(library.files(), ensure_ascii=False, sort_keys=True)
        temporary.write_bytes(gzip.compress(text.encode(), mtime=0))
        temporary.rename(path)
    return digest


def _frozen_path(folder: Path, digest: str) -> Path:
    return folder / "frozen" / f"{digest}.json.gz"


def thaw_packs(workspace: Workspace, digest: str) -> Library:
    """The packs as a run used them. Raises ``KaiwuError`` if they are gone or altered."""
    current = _current_library(workspace)
    if current is not None and current.digest == digest:
        return current
    return thaw_frozen(workspace.folder, digest)


def thaw_frozen(folder: Path, digest: str) -> Library:
    """The packs kept under a digest in the folder of a workspace. Raises ``KaiwuError`` if they are gone or altered."""
    path = _frozen_path(folder, digest)
    if not path.is_file():
        raise KaiwuError(
            Problem(
                "S-FROZEN",
                "冻结的内容包不见了, 请从备份恢复",
                "the frozen packs are gone: restore them",
                where=str(path),
            )
        )
    library = thaw_library(json.loads(gzip.decompress(path.read_bytes())))
    if library.digest != digest:
        raise KaiwuError(Problem("S-FROZEN", "冻结的内容包被改动", "the frozen packs were altered", where=str(path)))
    return library


def _current_library(workspace: Workspace) -> Library | None:
    """The packs as they stand now, or ``None`` where they are gone or broken: a replay does not need them."""
    try:
        return workspace.library
    except KaiwuError:
        return None


def save_results(folder: Path, execution: Execution) -> None:
    """Write every table of every scheme as Parquet, for reading by other tools."""
    for code, result in execution.results.items():
        for name, table in result.tables.items():
            path = folder / "results" / f"{code}.{name}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            table.write_parquet(path)


def open_run(workspace: Workspace, number: str) -> Run:
    """Open a kept run by computing it again from what it froze; the digests must agree."""
    run, report = replay(workspace, number)
    if not report.is_identical:
        raise KaiwuError(
            Problem(
                "S-REPLAY",
                f"第 {number} 号测算重放不一致: {report.differing}",
                f"run {number} does not replay: {report.differing}",
                where=number,
            )
        )
    return run


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """What a replay compared: digests then and now."""

    number: str
    then: str
    now: str
    engine_then: str
    engine_now: str
    differing: tuple[str, ...]

    @property
    def is_identical(self) -> bool:
        """Whether every digest agrees."""
        return self.then == self.now and not self.differing


def replay(workspace: Workspace, number: str) -> tuple[Run, ReplayReport]:
    """Compute a run again from its frozen frame and packs, and compare the digests."""
    record = workspace.state.run(number)
    frame = load_frame(workspace.runs_folder / record.number / "frame")
    library = thaw_packs(workspace, record.pack_digest)
    execution = execute([library.scheme(code) for code in record.schemes], facts_of(frame), record.changes)
    digest = execution.digest()
    differing = [] if frame.digest() == record.frame_digest else ["frame"]
    if digest != record.result_digest:
        differing += _differing_results(workspace, record, execution)
    report = ReplayReport(record.number, record.result_digest, digest, record.engine, __version__, tuple(differing))
    return Run(record, frame, library, execution), report


def _differing_results(workspace: Workspace, record: RunRecord, execution: Execution) -> list[str]:
    """Which kept tables are no longer what the engine computes."""
    out = []
    for code, result in execution.results.items():
        for name, table in result.tables.items():
            path = workspace.runs_folder / record.number / "results" / f"{code}.{name}.parquet"
            if not path.is_file() or not pl.read_parquet(path).equals(table):
                out.append(f"{code}.{name}")
    return out or ["results"]


def run_all(
    workspace: Workspace, jobs: Sequence[Job], *, known_at: dt.date, created_at: str = "", progress: Progress = _silent
) -> list[Run]:
    """Run several jobs one after the other; the first mistake stops with nothing of its job kept."""
    return [run_job(workspace, job, known_at=known_at, created_at=created_at, progress=progress) for job in jobs]
