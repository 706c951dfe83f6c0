"""The parent of the reader process of invoices (凭证读取): one limited child for many files, a new one where a file broke it.

Owns starting, bounding and hearing the child, and the words for what it refuses. A bomb, a hang or a crash is a located
error of that file and nothing worse.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import kaiwu.figure.reading as reading
from kaiwu.figure.reading.fault import Limits
from kaiwu.quantity import KaiwuError, Problem

GONE = "gone"
ROOTS = "EInvoice|eInvoice"
SECONDS = 10
"""Time for one file; the largest lawful one takes a tenth of a second."""
LIMITS = Limits(memory_bytes=512 << 20, output_bytes=64 << 20, seconds=24 * 3600)
"""Of one child. Its processor time is that of all its files: the time of one file is the parent's clock."""
_KEPT_ENVIRONMENT = ("LD_LIBRARY_PATH", "SYSTEMROOT")  # what a Python itself may need to start
_BOOT = """
import importlib.util, sys
folder = sys.argv.pop(1)
spec = importlib.util.spec_from_file_location("reading", folder + "/__init__.py", submodule_search_locations=[folder])
sys.modules["reading"] = importlib.util.module_from_spec(spec)
from reading.leaf_process import main
main()
"""
WORDING: Mapping[str, tuple[str, str]] = {
    "CL-ZIP-LIMIT": ("压缩包成员过多或解开后过大", "the archive has too many members or unpacks too large"),
    "CL-ZIP-BROKEN": ("压缩包打不开: {reason}", "the archive cannot be opened: {reason}"),
    "CL-XML-SIZE": ("XML 过大", "the XML is too large"),
    "CL-XML-TEXT": ("一个元素的文字过长", "the text of one element is too long"),
    "CL-XML-DEPTH": ("XML 嵌套过深或元素过多", "the XML is nested too deeply or has too many elements"),
    "CL-XML-BROKEN": ("不是完整的 XML: {reason}", "this is no complete XML: {reason}"),
    "CL-XML-ENTITY": (
        "XML 含有 DTD 或实体声明, 不予读取; 请上传税务平台下载的原文件",
        "the XML declares a DTD or entities and is not read: upload the file as the tax platform gave it",
    ),
    "CL-FILE-KILLED": (
        "读取超过时限或内存上限, 已中止; 请上传税务平台下载的原文件",
        "reading took more time or memory than allowed and was stopped: upload the file as the tax platform gave it",
    ),
    "CL-FILE-BROKEN": ("文件损坏, 读不出: {reason}", "the file is damaged and cannot be read: {reason}"),
}


class InvoiceChild:
    """A limited child that reads files one after the other; safe for threads, which wait for each other."""

    def __init__(self, limits: Limits = LIMITS, seconds: float = SECONDS) -> None:
        self.limits, self.seconds = limits, seconds
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._lock = threading.Lock()

    def read(self, data: bytes, kind: str, place: str) -> dict[str, tuple[str, int]] | None:
        """Texts of leaf elements of the structured XML in a file, None where it has none. Raises ``KaiwuError``."""
        with self._lock:
            was_used = self._is_alive()
            answer = self._ask(data, kind)
            if answer.get("fault") == GONE and was_used:
                answer = self._ask(data, kind)  # it may have died of something else: a fresh child tells
        if "fault" in answer:
            raise KaiwuError(word_refusal(answer["fault"], answer["particulars"], place))
        leaves = answer["leaves"]
        return None if leaves is None else {path: (text, line) for path, (text, line) in leaves.items()}

    def close(self) -> None:
        """End the child; the next file starts another."""
        child, self._child = self._child, None
        if child is not None and self._owner == os.getpid():
            child.kill()
            child.communicate()

    def _ask(self, data: bytes, kind: str) -> dict[str, Any]:
        child = self._open()
        assert child.stdin is not None and child.stdout is not None
        clock = threading.Timer(self.seconds, child.kill)
        clock.daemon = True
        clock.start()
        try:
            head = json.dumps({"kind": kind, "roots": ROOTS, "size": len(data)}).encode()
            child.stdin.write(head + b"\n" + data)
            child.stdin.flush()
            raw = child.stdout.readline(self.limits.output_bytes)
            if raw.endswith(b"\n"):
                answer: dict[str, Any] = json.loads(raw)
                return answer
        except (BrokenPipeError, OSError):
            pass
        finally:
            is_gone = clock.is_alive()  # the child ended before its time was up
            clock.cancel()
        self.close()
        return {"fault": GONE if is_gone else "CL-FILE-KILLED", "particulars": {}}

    def _is_alive(self) -> bool:
        return self._child is not None and self._owner == os.getpid() and self._child.poll() is None

    def _open(self) -> subprocess.Popen[bytes]:
        if self._child is not None and self._is_alive():
            return self._child
        self.close()
        folder = str(Path(reading.__file__).parent)
        self._owner = os.getpid()
        self._child = subprocess.Popen(
            [sys.executable, "-I", "-c", _BOOT, folder, json.dumps(self.limits.to_dict())],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={key: os.environ[key] for key in _KEPT_ENVIRONMENT if key in os.environ},
        )  # fmt: skip
        return self._child


def word_refusal(code: str, particulars: Mapping[str, Any], place: str) -> Problem:
    """The problem of a fault code, at its file and line."""
    code = "CL-FILE-KILLED" if code == GONE else code
    zh, en = (text.format(**{"reason": "", **particulars}) for text in WORDING[code])
    line = f":{particulars['line']}" if "line" in particulars else ""
    return Problem("CL-XML-SIZE" if code == "CL-XML-TEXT" else code, zh, en, where=place + line)


SHARED = InvoiceChild()
"""The child of this process, started with the first file."""
atexit.register(SHARED.close)
