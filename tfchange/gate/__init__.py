"""The gate: whether what was approved, and nothing else, may be applied now."""
