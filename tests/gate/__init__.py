"""The change record."""
