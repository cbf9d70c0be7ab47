"""Terraform as the judge: random configurations, and what Terraform itself says of them."""
