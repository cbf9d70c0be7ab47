"""Hostile input: what strangers may send, name and arrange."""
