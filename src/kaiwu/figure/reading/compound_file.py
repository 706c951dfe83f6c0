"""Compound files (复合文档) that hold old .xls workbooks: one stream out of the file, with every chain bounded.

Owns the sector tables of [MS-CFB]. It does not know what the stream means.
"""

from __future__ import annotations

import struct

from .fault import Fault

_END = 0xFFFFFFFC  # this and above: end of chain, free, table sectors
_ENTRY = 128


def read_stream(data: bytes, names: tuple[str, ...]) -> bytes:
    """The first stream of one of these names. Raises ``Fault`` ``broken``, ``other-kind`` where there is none."""
    try:
        return _Compound(data).stream(names)
    except (struct.error, IndexError) as flaw:
        raise Fault("broken", reason=f"compound file: {flaw}") from flaw


class _Compound:
    """The tables of one compound file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 0x1E)
        if shift not in (9, 12) or mini_shift != 6:
            raise Fault("broken", reason="compound file: sector size")
        self._size, self._mini_size = 1 << shift, 1 << mini_shift
        self._first_directory, _, self._cutoff, first_mini = struct.unpack_from("<IIII", data, 0x30)
        self._table = self._read_table()
        self._mini_table = _integers(self._chain(first_mini))

    def _read_table(self) -> list[int]:
        sectors = list(struct.unpack_from("<109I", self._data, 0x4C))
        following = struct.unpack_from("<I", self._data, 0x44)[0]
        seen: set[int] = set()
        while following < _END:
            if following in seen:
                raise Fault("broken", reason="compound file: cyclic table")
            seen.add(following)
            *more, following = _integers(self._sector(following))
            sectors += more
        return [n for sector in sectors if sector < _END for n in _integers(self._sector(sector))]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        if start >= len(self._data):
            raise Fault("broken", reason="compound file: sector beyond the end")
        return self._data[start : start + self._size].ljust(self._size, b"\0")

    def _chain(self, first: int) -> bytes:
        return b"".join(self._sector(n) for n in _follow(first, self._table))

    def stream(self, names: tuple[str, ...]) -> bytes:
        directory = self._chain(self._first_directory)
        found: dict[str, tuple[int, int]] = {}
        root = 0
        for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            length, kind = struct.unpack_from("<HB", directory, at + 64)
            name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            start, size = struct.unpack_from("<II", directory, at + 116)
            if kind == 5:
                root = start
            elif kind == 2:
                found.setdefault(name, (start, size))
        for name in names:
            if name in found:
                start, size = found[name]
                return self._chain(start)[:size] if size >= self._cutoff else self._mini(root, start)[:size]
        raise Fault("other-kind", kind="ole")

    def _mini(self, root: int, first: int) -> bytes:
        store, size = self._chain(root), self._mini_size
        return b"".join(store[n * size : (n + 1) * size] for n in _follow(first, self._mini_table))


def _integers(raw: bytes) -> list[int]:
    return list(struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4]))


def _follow(first: int, table: list[int]) -> list[int]:
    chain: list[int] = []
    while first < _END:
        if len(chain) > len(table):
            raise Fault("broken", reason="compound file: cyclic chain")
        chain.append(first)
        first = table[first]
    return chain
