"""Change windows, freezes, working days and lead times."""
