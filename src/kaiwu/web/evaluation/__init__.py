"""Evaluations of a year (年度评价): sheets that firms confirm or dispute, notices, the final list and what follows from it."""
