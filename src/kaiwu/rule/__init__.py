"""The rule language (条件): parse, check, compile, evaluate, explain, lint."""
