"""Packs (内容包): reads folders of YAML, calls each engine's loader, gathers all errors in one report."""

from kaiwu.pack.library import Library, builtin_packs, open_library, thaw_library
from kaiwu.pack.pack import Pack, read_pack

__all__ = ["Library", "Pack", "builtin_packs", "open_library", "read_pack", "thaw_library"]
