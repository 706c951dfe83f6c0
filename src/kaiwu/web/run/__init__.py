"""Runs in the browser (测算): asked for as jobs, listed, explained, compared and replayed."""
