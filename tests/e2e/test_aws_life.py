"""A change of AWS resources from drift to its close, against an account that ends with the test."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.e2e.provider import NEEDS_AWS
from tests.e2e.replans import Work
from tests.e2e.test_life import PLACE, approve, told
from tests.e2e.test_replans_aws import MAIN, OUTSIDE, env

__all__ = ["env"]  # a fixture

pytestmark = NEEDS_AWS


def test_from_drift_to_close(
    tfchange: Run, env: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was changed by hand is told, filed, approved, put back, and the change is closed."""
    monkeypatch.setenv("TFCHANGE_REGISTER_URL", str(tmp_path / "register.db"))
    monkeypatch.setenv("TFCHANGE_FINGERPRINT_SALT", "a secret of these tests")
    work = Work(tmp_path / "stack", MAIN.replace('"orders"', '"life"'), env)
    work.apply()
    by_hand = OUTSIDE.replace('"orders"', '"life"')
    subprocess.run([sys.executable, "-c", by_hand], env=env, check=True, timeout=60)

    work.terraform("plan", "-input=false", "-out=p.tfplan", "-var=retention=10")
    plan = work.folder / "plan.json"
    plan.write_text(work.terraform("show", "-json", "p.tfplan"))
    source = ("--source", work.folder)
    assessed = json.loads(tfchange("assess", plan, *source, "--format", "json").out)
    (drift,) = [item for item in assessed["drift"]["items"] if not item["noise"]]
    assert drift["address"] == "aws_cloudwatch_log_group.life"
    assert (drift["paths"], drift["status"]) == (["retention_in_days"], "reverted")
    assert {change["address"]: change["action"] for change in assessed["changes"]} == {
        "aws_cloudwatch_log_group.life": "update",
        "aws_sqs_queue.life": "update",
    }

    opened = told(tfchange("change", "open", plan, *source, *PLACE))
    assert tfchange("gate", plan, *source, *PLACE).code == 20
    approve(tfchange, opened)
    assert tfchange("gate", plan, *source, *PLACE).code == 0
    log = work.folder / "apply.jsonl"
    log.write_text(work.terraform("apply", "-json", "-input=false", "p.tfplan"))
    closed = told(tfchange("change", "close", "--apply-log", log, *PLACE))
    assert (closed["number"], closed["state"]) == (opened["number"], "closed")
    (listed,) = json.loads(tfchange("change", "list", "--all", "--format", "json").out)
    assert listed["result"] == "successful"
    assert "No changes." in work.terraform("plan", "-input=false", "-var=retention=10")
