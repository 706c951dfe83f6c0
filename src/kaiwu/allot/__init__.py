"""Scarce resources by a declared procedure (数据竞地): who may enter, who comes first, what is granted, and why not.

Owns rounds, priority, ties, placements, explanations and their decision record with an independent checker; the
reserve pool, bundles, promises and blocks of land. Scores reach it as columns; it knows no rating engine.
"""
