"""The reserve pool (储备项目库): projects by stage in one ledger, yearly re-scoring, credit, bundles and promises.

Owns states, their posting, scores' hysteresis and shares of credit. Scores arrive as whole numbers; no score is made here, and
nothing asks whether a project is attracted or internal.
"""
