"""The life of a reserve pool (储备项目库) in a workspace: projects, steps, yearly re-scoring, credit, bundles, promises.

Owns its events, what they add up to, and the tables that people hand in. What is decided is ``kaiwu.allot.pool``.
"""
