"""Procedures (程序): runs, freezing, replay, difference."""
