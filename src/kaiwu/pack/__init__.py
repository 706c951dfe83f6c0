"""Packs (内容包): reads a folder of YAML and gathers all errors in one report."""
