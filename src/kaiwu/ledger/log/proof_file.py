"""Proof files: one JSON file that shows that a leaf is in a signed log.

Owns the file's content as written; ``verifier`` owns what is accepted. The leaf is the stored bytes, in base64, never
parsed and written again.
"""

from __future__ import annotations

import base64
import json

from kaiwu.ledger.log.checkpoint import read_checkpoint
from kaiwu.ledger.log.commitment import Opening
from kaiwu.ledger.log.key import PublicKey
from kaiwu.ledger.log.tile_reader import TileReader
from kaiwu.quantity import KaiwuError, Problem


def make_proof(log: TileReader, index: int, checkpoint: str, key: PublicKey, opening: Opening | None = None) -> str:
    """The text of a proof file (证明文件) of leaf ``index`` against a signed checkpoint of the log.

    ``opening`` adds a firm's salt and figures where the leaf is a commitment. Raises ``KaiwuError``.
    """
    read, _ = read_checkpoint(checkpoint)
    if (read.hash_name, read.root) != (log.tree.name, log.root(read.size)):
        raise KaiwuError(
            Problem(
                "LOG-CHECKPOINT-OTHER",
                "检查点与日志不符: 不是这个日志的, 或日志被改写",
                "checkpoint and log disagree: it is of another log, or the log was rewritten",
                where=f"{log.folder}: size {read.size}",
            )
        )
    leaf = log.leaf(index)
    proof = {
        "kaiwu_proof": 1,
        "hash": log.tree.name,
        "index": index,
        "size": read.size,
        "leaf": _text(leaf),
        "leaf_hash": _text(log.tree.leaf(leaf)),
        "path": [_text(one) for one in log.prove_inclusion(index, read.size)],
        "checkpoint": checkpoint,
        "key": str(key),
    }
    if opening is not None:
        proof |= {"salt": _text(opening.salt), "figures": opening.figures.decode()}
    return json.dumps(proof, ensure_ascii=False, indent=1) + "\n"


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
