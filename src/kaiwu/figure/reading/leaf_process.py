"""The reader process of structured XML (凭证读取子进程): many files in, one after the other, one answer line for each.

Owns the protocol. It limits itself as the reader of sheets does and is killed by its parent when a file is too slow. In: a
JSON line ``{"kind": …, "roots": …, "size": n}`` and n bytes; out: ``{"leaves": {path: [text, line]} | null}`` or
``{"fault": code, "particulars": {…}}``. It ends with its input.
"""

from __future__ import annotations

import json
import sys

from .fault import Fault, Limits
from .leaf_scan import read_leaves
from .process import limit_self


def main() -> None:
    """Answer file after file within ``argv[1]`` (limits as JSON); never raise."""
    limit_self(Limits(**json.loads(sys.argv[1])))
    source = sys.stdin.buffer
    while line := source.readline():
        head = json.loads(line)
        answer: dict[str, object]
        try:
            data = source.read(head["size"])
            answer = {"leaves": read_leaves(data, head["kind"], head["roots"])}
        except Fault as fault:
            answer = {"fault": fault.code, "particulars": fault.particulars}
        except MemoryError:
            answer = {"fault": "CL-FILE-KILLED", "particulars": {}}
        except RecursionError:
            answer = {"fault": "CL-XML-DEPTH", "particulars": {}}
        except Exception as flaw:  # one broken file is no reason to leave the others unread
            answer = {"fault": "CL-FILE-BROKEN", "particulars": {"reason": f"{type(flaw).__name__}: {flaw}"[:200]}}
        data = b""
        sys.stdout.buffer.write(
            json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
        )
        sys.stdout.buffer.flush()
