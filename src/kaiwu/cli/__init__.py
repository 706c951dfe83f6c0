"""The command `kaiwu`."""
