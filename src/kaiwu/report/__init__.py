"""Lists, sheets, notices and messages as files that people read."""
