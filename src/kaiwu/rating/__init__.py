"""Composite scores (一把尺) over a group: indicators, weights, classes, leagues."""
