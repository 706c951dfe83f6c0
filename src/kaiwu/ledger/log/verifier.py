"""Check one proof file of a Kaiwu log without Kaiwu: python verifier.py PROOF.json PUBLIC_KEY

Owns no database, network or other file; needs Python 3.11 and the package ``cryptography``. PUBLIC_KEY (公钥) is text
like ``name+1a2b3c4d+AQ…`` or a file with it, taken from a printed notice and not from the proof.
"""

# fmt: off
import base64
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

KINDS = {"kaiwu_proof": int, "hash": str, "index": int, "size": int, "leaf": str, "leaf_hash": str, "path": list}
KINDS |= {"checkpoint": str, "key": str, "salt": str, "figures": str}


class Fault(ValueError):
    """What is wrong with a proof: a stable code, Chinese, English."""


def need(is_so: object, code: str, zh: str, en: str) -> None:
    """Raise the fault unless it is so."""
    if not is_so:
        raise Fault(code, zh, en)


def check_proof(text: bytes | str, public_key: str = "") -> dict[str, Any]:
    """The proof (证明), ``leaf`` as bytes, when all is right; raises ``Fault``. Without a key, the file's own is used."""
    try:
        proof = {"salt": "", "figures": "", **json.loads(text)}
        json.dumps(proof, ensure_ascii=False).encode()
        is_proof = {k: type(v) for k, v in proof.items()} == KINDS and proof["kaiwu_proof"] == 1
    except (ValueError, TypeError, RecursionError):
        is_proof = False
    need(is_proof, "V-FORM", "这不是证明文件, 或缺少、多出内容", "not a proof file, or something is missing or too much")
    need(proof["hash"] in {"sha256", "sm3"} & hashlib.algorithms_available, "V-HASH", "不认识这种杂凑, 或 OpenSSL 没有 SM3", "unknown hash, or an OpenSSL without SM3")
    origin, size, root, name = read_checkpoint(proof["checkpoint"], public_key or proof["key"])
    need(size > 0, "V-EMPTY", "检查点是空日志的, 什么也证明不了", "the checkpoint is of an empty log and proves nothing")
    need((size, name) == (proof["size"], proof["hash"]), "V-SIZE", "大小或算法与检查点不同", "size or hash is not the checkpoint's")
    need(0 <= proof["index"] < size, "V-INDEX", "叶子的位置不在日志之内", "the index of the leaf lies outside the log")
    leaf, path = decode(proof["leaf"]), [decode(str(one), 32) for one in proof["path"]]
    node = hashlib.new(name, b"\x00" + leaf).digest()
    need(node == decode(proof["leaf_hash"], 32), "V-LEAF", "叶子被改动: 内容与哈希不符", "the leaf was altered: not its hash")
    found = follow_path(name, node, proof["index"], size, path)
    need(found == root, "V-PATH", "叶子、位置或路径是伪造的: 算不出签名的根", "leaf, index or path is forged: not the signed root")
    if proof["salt"] or proof["figures"]:
        salted = hashlib.new(name, decode(proof["salt"], 32) + proof["figures"].encode()).hexdigest()
        need(f'"commitment":"{salted}"'.encode() in leaf, "V-OPENING", "数据或盐值被改动", "figures or salt were altered")
    return {**proof, "leaf": leaf, "origin": origin, "root": root.hex()}


def read_checkpoint(text: str, public_key: str) -> tuple[str, int, bytes, str]:
    """Origin, size, root, hash of a checkpoint (检查点) signed by the key: a C2SP signed note."""
    signer, key_id, encoded = [*public_key.strip().split("+", 2), "", ""][:3]
    key = decode(encoded, 33)
    hashed = hashlib.sha256(f"{signer}\n".encode() + key).hexdigest()
    need(key[0] == 1 and hashed[:8] == key_id, "V-KEY", "公钥不完整或被改动", "the public key is incomplete or altered")
    body, _, signatures = text.rpartition("\n\n")
    found = re.findall(r"\A([^\n]+)\n(0|[1-9][0-9]{0,14})\n(.{44})(\nhash sm3)?\Z", body)
    need(found and text.endswith("\n"), "V-NOTE", "检查点的格式不对", "the checkpoint is malformed")
    lines = [line.removeprefix(f"— {signer} ") for line in signatures.split("\n") if line.startswith(f"— {signer} ")]
    mine = [raw[4:] for raw in (decode(line, 68) for line in lines) if raw[:4].hex() == key_id]
    need(mine, "V-SIGNER", "检查点没有这把公钥的签名", "the checkpoint bears no signature of this key")
    try:
        Ed25519PublicKey.from_public_bytes(key[1:]).verify(mine[0], f"{body}\n".encode())
    except (InvalidSignature, ValueError):
        raise Fault("V-SIGNATURE", "签名不对: 检查点被改动或伪造", "wrong signature: checkpoint altered or forged") from None
    return found[0][0], int(found[0][1]), decode(found[0][2], 32), "sm3" if found[0][3] else "sha256"


def follow_path(name: str, node: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """The root that a path (路径) leads to. RFC 9162, 2.1.3.2."""
    inner = (index ^ (size - 1)).bit_length()
    need(len(path) == inner + (index >> inner).bit_count(), "V-PATH-LENGTH", "路径长度不对", "wrong length of the path")
    for i, one in enumerate(path):
        node = hashlib.new(name, b"\x01" + (one + node if i >= inner or index >> i & 1 else node + one)).digest()
    return node


def decode(text: str, length: int = -1) -> bytes:
    """Bytes from canonical base64, of a given length."""
    is_text = len(text) % 4 == 0 and re.fullmatch(r"[A-Za-z0-9+/]*={0,2}", text)
    data = base64.b64decode(text) if is_text else b""
    need(base64.b64encode(data).decode() == text and length in (-1, len(data)), "V-BASE64", "哈希、公钥或签名残缺", "cut hash, key or signature")
    return data


if __name__ == "__main__":
    file, key_given = sys.argv[1:] if len(sys.argv) == 3 else sys.exit(__doc__)
    try:
        good = check_proof(Path(file).read_bytes(), Path(key_given).read_text() if Path(key_given).is_file() else key_given)
    except Fault as fault:
        sys.exit(f"不可信 NOT VALID: {' / '.join(fault.args)}")
    print(f"可信 VALID: {good['origin']}, {good['index']} / {good['size']}\n{good['leaf'].decode(errors='replace')}")
