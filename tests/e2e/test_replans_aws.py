"""The same with the AWS provider, against an account that only exists while the tests run."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.provider import NEEDS_AWS
from tests.e2e.replans import Work, held
from tfchange.change.compare import Likeness

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "fixtures"))

MAIN = """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}
provider "aws" {
  region                      = "eu-west-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}
variable "retention" { default = 7 }
resource "aws_sqs_queue" "orders" {
  name                      = "orders"
  message_retention_seconds = var.retention * 86400
  tags                      = { team = "shop" }
}
resource "aws_cloudwatch_log_group" "orders" {
  name              = "orders"
  retention_in_days = 14
}
"""
OUTSIDE = """
import boto3
boto3.client("logs").put_retention_policy(logGroupName="orders", retentionInDays=30)
"""
pytestmark = NEEDS_AWS


@pytest.fixture(scope="module")
def env(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What sends Terraform and boto3 to an empty account."""
    from tools.moto_server import running_moto
    from tools.terraform import environment

    with running_moto() as endpoint:
        yield environment(endpoint.env(), tmp_path_factory.mktemp("home"))


def test_after_drift(env: dict[str, str], tmp_path: Path) -> None:
    """Planning again is the same until somebody changes something by hand.

    Then the plan puts that back as well, which nobody has approved.
    """
    work = Work(tmp_path / "stack", MAIN, env)
    work.apply()
    before = work.plan("-var=retention=10")
    assert held(before, work.plan("-var=retention=10")).likeness is Likeness.IDENTICAL
    subprocess.run([sys.executable, "-c", OUTSIDE], env=env, check=True, timeout=60)
    found = held(before, work.plan("-var=retention=10"))
    assert found.likeness is Likeness.STRONGER
    assert found.new == ("aws_cloudwatch_log_group.orders is updated, which was not approved.",)
