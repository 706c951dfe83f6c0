"""Children of a test: processes that work on a book until they are done or killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable


class Child:
    """A process and the pipe on which it tells what it has done."""

    def __init__(self, pid: int, pipe: int) -> None:
        self.pid, self.pipe, self.text = pid, pipe, b""

    def kill(self, after: int, pause: float) -> list[str]:
        """SIGKILL when it has told ``after`` lines and ``pause`` seconds more have passed; then the complete lines."""
        while self.text.count(b"\n") < after and (piece := os.read(self.pipe, 65_536)):
            self.text += piece
        time.sleep(pause)
        os.kill(self.pid, signal.SIGKILL)
        return self.wait()

    def wait(self) -> list[str]:
        """Everything it told until its end; only complete lines count."""
        while piece := os.read(self.pipe, 65_536):
            self.text += piece
        os.close(self.pipe)
        os.waitpid(self.pid, 0)
        return self.text.decode().split("\n")[:-1]


def start(work: Callable[[Callable[[str], None]], None]) -> Child:
    """Run ``work`` in a child; it is given a function that tells the parent one line."""
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid:
        os.close(theirs)
        return Child(pid, ours)
    code = 1
    try:
        os.close(ours)
        work(lambda line: os.write(theirs, f"{line}\n".encode()) and None)
        code = 0
    except BaseException as error:
        os.write(theirs, f"failed {error!r}\n".encode())
    finally:
        os._exit(code)
