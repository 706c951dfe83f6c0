"""Migrations of the app of policies."""
