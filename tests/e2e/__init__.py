"""The whole way with the real Terraform; skipped, saying so, where it is not on PATH."""
