"""In CI, what needs Terraform is not skipped where Terraform is."""

import os
import shutil
from collections.abc import Generator

import pytest

MAY_SKIP = "tofu is not on PATH"
"""OpenTofu is tested where it is, and asked of nobody."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skip is a failure under `CI`, with what would be right."""
    report = yield
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    strict = os.environ.get("CI") and shutil.which("terraform")
    if strict and report.skipped and MAY_SKIP not in reason:
        report.outcome = "failed"
        report.longrepr = (
            f"{item.nodeid} was skipped although terraform is on PATH. {reason}.\n"
            "In CI the whole way has to be tested: let TFCHANGE_TF_MIRROR name a provider mirror "
            "(`terraform providers mirror DIR`) where no registry answers, or unset CI."
        )
    return report
