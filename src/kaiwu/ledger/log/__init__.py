"""The tamper-evident log: leaves in a Merkle tree of static files, signed checkpoints, proofs.

Owns evidence that what was recorded is unchanged. It does not own what is recorded: that is the ledger, which hands
over leaves as stored bytes. Small modules: ``hash``, ``merkle``, ``tile``, ``frontier``, ``tile_reader``, ``tile_log``, ``checkpoint``,
``key``, ``commitment``, ``proof_file``, ``verifier`` (stands alone), ``audit``, ``publish``, ``page``.
"""

from kaiwu.ledger.log.audit import Audit, audit_log
from kaiwu.ledger.log.checkpoint import (
    Checkpoint,
    Signer,
    Verifier,
    read_checkpoint,
    sign_checkpoint,
    verify_checkpoint,
)
from kaiwu.ledger.log.commitment import Opening, canonical_bytes, commit, commitment_leaf, derive_salt
from kaiwu.ledger.log.key import PrivateKey, PublicKey, make_key, read_key, read_public_key, write_key
from kaiwu.ledger.log.merkle import verify_consistency, verify_inclusion
from kaiwu.ledger.log.proof_file import make_proof
from kaiwu.ledger.log.publish import LeafSource, compare_book, publish, read_log_checkpoint, sign_log
from kaiwu.ledger.log.tile_log import TileLog
from kaiwu.ledger.log.tile_reader import TileReader
from kaiwu.ledger.log.verifier import Fault, check_proof

__all__ = [
    "Audit", "Checkpoint", "Fault", "LeafSource", "Opening", "PrivateKey", "PublicKey", "Signer", "TileLog", "TileReader", "Verifier",
    "audit_log", "canonical_bytes", "check_proof", "commit", "commitment_leaf", "compare_book", "derive_salt",
    "make_key", "make_proof", "publish", "read_checkpoint", "read_key", "read_log_checkpoint", "read_public_key",
    "sign_checkpoint", "sign_log", "verify_checkpoint", "verify_consistency", "verify_inclusion", "write_key",
]  # fmt: skip
