"""The life of a land round (供地批次) in a workspace: preview, adoption, seed, placement, notice, objection, supply.

Owns files, stages, the log and the state of supplies. What is decided is ``kaiwu.allot``.
"""
