"""When a change may be done: windows, freezes, working days and lead times."""
