"""Accounts (账号): organisations, people, roles, and what each may see."""
