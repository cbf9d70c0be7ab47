"""tfchange assesses Terraform plans for change management."""

__version__ = "0.1.0"
