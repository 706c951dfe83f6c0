"""The steps of a composite index (指数步骤), one file per family; every one a pure function on arrays.

Arrays are ``(..., units, indicators)`` float64 with NaN for missing; axes in front are runs and broadcast.
"""
