"""Needs and offers in the browser (供需对接): search with reasons, invitation lists, the funnel, four finds, open needs for space."""
