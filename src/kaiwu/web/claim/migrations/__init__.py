"""Migrations of the app of claims."""
