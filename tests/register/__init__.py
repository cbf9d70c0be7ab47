"""The register, in both databases."""
