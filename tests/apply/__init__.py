"""Tests of the watching of an apply."""
