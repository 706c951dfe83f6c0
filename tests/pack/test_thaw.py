from __future__ import annotations

from kaiwu.pack import open_library, thaw_library


def test_a_frozen_library_is_the_same_in_whatever_order_its_packs_were_kept():
    library = open_library(["huangyan"])
    files = library.files()
    for kept in (dict(sorted(files.items())), dict(sorted(files.items(), reverse=True))):
        thawed = thaw_library(kept)
        assert thawed.digest == library.digest
        assert [s.code for s in thawed.schemes()] == [s.code for s in library.schemes()]
