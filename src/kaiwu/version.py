"""The version of the engine; it stands beside every digest, never inside one."""

__version__ = "0.1.0"
