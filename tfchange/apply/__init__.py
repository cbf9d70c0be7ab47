"""Watches an apply from its start to its end, and says what came of it whatever happens."""
