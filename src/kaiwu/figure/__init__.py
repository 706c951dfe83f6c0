"""Figures (数据): variables, import, validation, time, as-of frames."""
