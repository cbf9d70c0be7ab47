"""Hostile bytes for every parser: `make fuzz`."""
