"""Children of a test: processes that work on a book until they are done or killed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from typing import NamedTuple


class Child(NamedTuple):
    """A process and the pipe on which it tells what it has done."""

    pid: int
    pipe: int

    def kill(self) -> list[str]:
        """SIGKILL, then the complete lines that it had told."""
        os.kill(self.pid, signal.SIGKILL)
        return self.wait()

    def wait(self) -> list[str]:
        """Everything it told until its end; only complete lines count."""
        text = b""
        while piece := os.read(self.pipe, 65_536):
            text += piece
        os.close(self.pipe)
        os.waitpid(self.pid, 0)
        return text.decode().split("\n")[:-1]


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


def sleep_until_killed() -> None:
    """For a child that has nothing left to do."""
    time.sleep(60)
