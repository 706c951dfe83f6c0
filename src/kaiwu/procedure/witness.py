"""The witness (存证) of a workspace: every run, decision and notice becomes a leaf of its tamper-evident log.

Owns what stands in those leaves and where the log's folder, key and salts lie. The tree and its proofs are
``kaiwu.ledger.log``, the book that keeps the leaves is ``kaiwu.ledger``. A firm's decisions and figures are not in the
log, only a salted commitment: the firm is handed what opens it.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import polars as pl

from kaiwu.ledger import SqliteBook
from kaiwu.ledger.log import (
    Opening,
    PrivateKey,
    TileLog,
    canonical_bytes,
    commit,
    commitment_leaf,
    derive_salt,
    make_key,
    make_proof,
    publish,
    read_key,
    write_key,
)  # fmt: skip
from kaiwu.procedure.execution import Run
from kaiwu.quantity import KaiwuError, Problem

RUN, DECISION, NOTICE = "run", "decision", "notice"
_EXACT = 2**53
_NAME = re.compile(r"[^0-9A-Za-z._-]+")


@dataclass(frozen=True)
class Witness:
    """The book and the log of one workspace. ``folder`` holds the tiles and ``key.pub`` and may be served to anybody;
    ``vault`` holds ``key.pem`` and ``salt.bin`` and may not."""

    state: Path
    folder: Path

    @property
    def vault(self) -> Path:
        """The folder of the secrets: not below the log, which is public."""
        return self.state.parent / "secret"

    @cached_property
    def book(self) -> SqliteBook:
        """The book in ``state.db``."""
        return SqliteBook(self.state)

    @cached_property
    def key(self) -> PrivateKey:
        """The key that signs checkpoints; made when first asked for."""
        if not (self.vault / "key.pub").is_file():
            write_key(self.vault, make_key(f"kaiwu/{_NAME.sub('-', self.state.parent.name) or 'workspace'}"))
        key = read_key(self.vault)
        shown = self.folder / "key.pub"
        if not shown.is_file():
            self.folder.mkdir(parents=True, exist_ok=True)
            shown.write_text(f"{key.public}\n", encoding="utf-8")
        return key

    @cached_property
    def secret(self) -> bytes:
        """32 bytes from which the salts of commitments are derived; made when first asked for, readable by the owner only."""
        path = self.vault / "salt.bin"
        self.vault.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            found = path.read_bytes()
            if len(found) != 32:
                zh, en = "盐值文件不完整, 请从备份恢复", "the file of salts is incomplete: restore it from a backup"
                raise KaiwuError(Problem("S-SALT", zh, en, where=str(path))) from None
            return found
        made = secrets.token_bytes(32)
        with os.fdopen(descriptor, "wb") as file:
            file.write(made)
        return made

    def log(self) -> TileLog:
        """The log as it stands on disk."""
        return TileLog(self.folder)

    def count_waiting(self) -> int:
        """Leaves of the book that the log has not yet."""
        return max(0, self.book.count_leaves() - self.log().size)

    def publish(self) -> str:
        """Take all new leaves into the log and sign a checkpoint (检查点); its text."""
        return publish(self.book, self.log(), self.key)

    def prove(self, number: int, opening: Opening | None = None) -> str:
        """The proof file of a leaf against a checkpoint that is signed now."""
        checkpoint = self.publish()
        return make_proof(self.log(), number, checkpoint, self.key.public, opening)

    # -- what becomes a leaf -----------------------------------------------------------------------------

    def run_leaves(self, run: Run) -> list[tuple[str, bytes]]:
        """The leaves of a run: its record, then one commitment for each entity in the order of the scope."""
        number = run.record.number
        leaves = [(RUN, run_leaf(run))]
        for index, (entity, figures) in enumerate(entity_openings(run)):
            commitment = commit(derive_salt(self.secret, f"{number}/{entity}"), figures)
            leaves.append((DECISION, commitment_leaf(commitment, run=number, index=index)))
        return leaves

    def prove_run(self, run: Run) -> str:
        """The proof that the run as it stands now is the one that was recorded. Raises ``KaiwuError`` where it is not."""
        return self.prove(self._first(run))

    def prove_entity(self, run: Run, entity: str) -> str:
        """The proof for one entity, with the decisions and figures that its commitment holds."""
        for index, (name, figures) in enumerate(entity_openings(run)):
            if name == entity:
                opening = Opening(derive_salt(self.secret, f"{run.record.number}/{entity}"), figures)
                leaf = commitment_leaf(commit(opening.salt, figures), run=run.record.number, index=index)
                number = self._first(run) + 1 + index
                if self.book.leaves(number, number + 1) != [leaf]:
                    zh = f"第 {run.record.number} 号测算中“{entity}”的结论与当时存证的不同"
                    en = f"the decisions on “{entity}” in run {run.record.number} are not those that were recorded"
                    raise KaiwuError(Problem("S-WITNESS", zh, en, where=f"leaf {number}"))
                return self.prove(number, opening)
        zh, en = (
            f"“{entity}”不在第 {run.record.number} 号测算的范围内",
            f"“{entity}” is not in the scope of run {run.record.number}",
        )
        raise KaiwuError(Problem("S-ENTITY", zh, en))

    def add_notice(self, run: Run, scheme: str, page: bytes) -> int:
        """Record a published notice (公示) by its digest; the number of its leaf."""
        return self.book.add_leaf(NOTICE, notice_leaf(run, scheme, page))

    def _first(self, run: Run) -> int:
        number = self.book.find_leaf(RUN, run_leaf(run))
        if number is None:
            zh = f"第 {run.record.number} 号测算没有存证, 或记录被改动"
            en = f"run {run.record.number} is not in the log, or its record was altered"
            raise KaiwuError(Problem("S-WITNESS", zh, en, where=str(self.folder)))
        return number


def run_leaf(run: Run) -> bytes:
    """The record of a run (测算) as canonical bytes, digests and all."""
    return canonical_bytes({"kind": RUN, **run.record.to_data()})


def notice_leaf(run: Run, scheme: str, page: bytes) -> bytes:
    """A notice by the SHA-256 of its page."""
    digest = sha256(page).hexdigest()
    facts = {"run": run.record.number, "scheme": scheme, "result_digest": run.record.result_digest, "page": digest}
    return canonical_bytes({"kind": NOTICE, **facts})


def entity_openings(run: Run) -> Iterator[tuple[str, bytes]]:
    """For every entity of a run its decisions and the figures behind them as canonical bytes, in the order of the scope.

    A table stands as ``columns`` and ``rows``; integers too large for every reader of JSON stand as text.
    """
    tables = {code: run.execution.results[code].decisions for code in sorted(run.execution.results)}
    figures = run.frame.sources.select("entity", "slot", "value", "figure", "period", "standing").sort("entity", "slot")
    texts = [(code, _columns(table), _rows_by_entity(table)) for code, table in tables.items()]
    shown, cells = _columns(figures), _rows_by_entity(figures)
    start, end = (
        f'{{"as_of":"{run.record.as_of.isoformat()}","decisions":{{',
        f'"rated":{run.record.rated},"run":"{run.record.number}"}}',
    )
    for entity in run.frame.table["entity"]:
        decided = ",".join(
            f'{_quoted(code)}:{{"columns":{names},"rows":[{rows.get(entity, "")}]}}' for code, names, rows in texts
        )
        held = f'{{"columns":{shown},"rows":[{cells.get(entity, "")}]}}'
        yield entity, f'{start}{decided}}},"entity":{_quoted(entity)},"figures":{held},{end}'.encode()


def _columns(table: pl.DataFrame) -> str:
    return "[" + ",".join(_quoted(name) for name in table.columns if name != "entity") + "]"


def _rows_by_entity(table: pl.DataFrame) -> dict[str, str]:
    """The rows of each entity as the inside of a JSON list, in the order of the table."""
    cells = [_cells(table[name]) for name in table.columns if name != "entity"]
    rows = pl.select(pl.format("[" + ",".join(["{}"] * len(cells)) + "]", *cells).alias("row"))
    joined = rows.with_columns(table["entity"]).group_by("entity", maintain_order=True).agg(pl.col("row").str.join(","))
    return dict(joined.select("entity", "row").iter_rows())


def _cells(column: pl.Series) -> pl.Series:
    """Every value as JSON text."""
    if column.dtype == pl.Boolean or column.dtype.is_integer():
        text = column.cast(pl.String)
        if (
            column.dtype in (pl.Int64, pl.UInt64, pl.Int128)
            and not column.is_between(-_EXACT, _EXACT, closed="none").all()
        ):
            is_large = ~column.is_between(-_EXACT, _EXACT, closed="none")
            text = pl.select(pl.when(is_large).then(pl.format('"{}"', text)).otherwise(text)).to_series()
    else:
        values = column.unique().drop_nulls()
        written = pl.Series([_quoted(str(value)) for value in values], dtype=pl.String)
        text = column.replace_strict(values, written, default=None, return_dtype=pl.String)
    return text.fill_null("null")


def _quoted(text: str) -> str:
    return canonical_bytes(text).decode()
