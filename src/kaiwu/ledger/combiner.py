"""The combiner (并批): many threads that want one durable transaction each share one.

Owns the queue. Whoever has the turn does the work of all who wait. Where that fails, each is tried alone, so that
nobody suffers for another's request.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Condition
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")
MOST = 1_000  # in one transaction, so that a waiter's time is bounded


class _Slot(Generic[Asked, Answered]):
    __slots__ = ("answer", "asked", "error", "is_done")

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.answer: Answered | None = None
        self.error: BaseException | None = None
        self.is_done = False


class Combiner(Generic[Asked, Answered]):
    """``work`` is called by one thread at a time. It is given ``take``, which returns everything that waits by then (so
    that it can be called once the database is locked), and whether several waited lately."""

    def __init__(self, work: Callable[[Callable[[], Sequence[Asked]], bool], Sequence[Answered]]) -> None:
        self._work = work
        self._gate = Condition()
        self._waiting: list[_Slot[Asked, Answered]] = []
        self._is_working = False
        self._last = 0

    def submit(self, asked: Asked) -> Answered:
        """The answer to one request, after its transaction is durable."""
        slot: _Slot[Asked, Answered] = _Slot(asked)
        with self._gate:
            self._waiting.append(slot)
            while self._is_working and not slot.is_done:
                self._gate.wait()
            is_turn = not slot.is_done
            self._is_working = self._is_working or is_turn
        if is_turn:
            try:
                while not slot.is_done:
                    self._serve(slot)
            finally:
                with self._gate:
                    self._is_working = False
                    self._gate.notify_all()
        if slot.error is not None:
            raise slot.error
        assert slot.answer is not None
        return slot.answer

    def _serve(self, own: _Slot[Asked, Answered]) -> None:
        batch: list[_Slot[Asked, Answered]] = []

        def take() -> Sequence[Asked]:
            with self._gate:
                batch.extend(self._waiting[:MOST])
                del self._waiting[:MOST]
            return [slot.asked for slot in batch]

        try:
            answers = self._work(take, self._last > 1 or len(self._waiting) > 1)
            for slot, answer in zip(batch, answers, strict=True):
                slot.answer = answer
        except Exception as error:
            if len(batch) > 1:
                for slot in batch:
                    self._serve_alone(slot)
            else:  # alone, or it could not even begin
                own.error, own.is_done = error, True
                self._forget(own, [])
        except BaseException:  # interrupted: the others are served by somebody else
            self._forget(own, batch)
            batch.clear()
            raise
        finally:
            self._last = len(batch)
            for slot in batch:
                slot.is_done = True

    def _serve_alone(self, slot: _Slot[Asked, Answered]) -> None:
        try:
            (slot.answer,) = self._work(lambda: [slot.asked], False)
        except Exception as error:
            slot.error = error

    def _forget(self, own: _Slot[Asked, Answered], back: Sequence[_Slot[Asked, Answered]]) -> None:
        """Leave the queue, and put others back at its head."""
        with self._gate:
            self._waiting = [slot for slot in (*back, *self._waiting) if slot is not own]
