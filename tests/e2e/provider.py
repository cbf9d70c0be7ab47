"""Where Terraform has the AWS provider from: a mirror that is named, else the registry."""

import os
import shutil
from functools import cache
from urllib.request import urlopen

import pytest

_REGISTRY = "https://registry.terraform.io/.well-known/terraform.json"
_SOON = 5.0
"""Seconds in which the registry has to answer."""


@cache
def lacking() -> str:
    """Why the provider cannot be had; `""` where it can."""
    if not shutil.which("terraform"):
        return "terraform is not on PATH"
    if os.environ.get("TFCHANGE_TF_MIRROR"):
        return ""
    try:
        urlopen(_REGISTRY, timeout=_SOON).close()
    except OSError:
        return "TFCHANGE_TF_MIRROR names no provider mirror, and no registry answers"
    return ""


NEEDS_AWS = pytest.mark.skipif(bool(lacking()), reason=lacking())
"""For tests that run Terraform with the AWS provider."""
