"""The health of services at the gate and at the closing, as pipelines use it."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.test_change import PLACE, approve, plan, register, told
from tests.cli.test_gate import gate
from tests.conftest import Run
from tests.health.fake import Fake, Told, serving

__all__ = ["plan", "register"]  # fixtures
SETTINGS = """
health:
  prometheus: {address}
  checks: [{{name: error rate, query: errors, below: 0.01}}]
"""
DONE = ("change", "close", "--result", "successful", *PLACE, "-f", "json")


class Shop:
    """A shop whose error rate is what the test says."""

    def __init__(self, fake: Fake, address: str) -> None:
        self._fake, self.address = fake, address

    def errs(self, rate: float) -> None:
        """The next question gets this answer."""
        value = {"metric": {}, "value": [time.time(), str(rate)]}
        data = {"resultType": "vector", "result": [value]}
        self._fake.faults.append(
            Told(200, json.dumps({"status": "success", "data": data}).encode())
        )


@pytest.fixture
def shop(tmp_path: Path, register: Path) -> Iterator[Shop]:
    """Named in the settings."""
    fake = Fake()
    with serving(fake) as address:
        (tmp_path / "tfchange.yaml").write_text(SETTINGS.format(address=address))
        yield Shop(fake, address)


def test_a_service_that_is_ill_holds_a_change(tfchange: Run, plan: Path, shop: Shop) -> None:
    """Until it is well; nobody is asked while the change still waits for approval."""
    told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    assert gate(tfchange, plan)["exit_code"] == 20
    approve(tfchange)
    shop.errs(0.034)
    held = gate(tfchange, plan)
    assert held["exit_code"] == 23
    assert held["reasons"][0].startswith("error rate was 0.034")
    shop.errs(0.001)
    assert gate(tfchange, plan)["exit_code"] == 0


def test_an_emergency_is_not_held(tfchange: Run, plan: Path, shop: Shop) -> None:
    """It may well be what mends the service; what is wrong is told."""
    urgent = ("--emergency", "--incident", "INC1", "-f", "json")
    told(tfchange("change", "open", plan, *PLACE, *urgent))
    shop.errs(0.5)
    passed = gate(tfchange, plan)
    assert passed["exit_code"] == 0
    assert any(note.startswith("error rate was 0.5") for note in passed["notes"])


@pytest.mark.parametrize(("rate", "result"), [(0.001, "successful"), (0.2, "partly")])
def test_a_change_that_made_a_service_ill(
    tfchange: Run, plan: Path, shop: Shop, rate: float, result: str
) -> None:
    """Was done only in part, whatever Terraform says; how the services stood is in its notes."""
    told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    approve(tfchange)
    shop.errs(rate)
    assert told(tfchange(*DONE))["state"] == "closed"
    (listed,) = json.loads(tfchange("change", "list", "--all", "-f", "json").out)
    assert listed["result"] == result
    log = tfchange("change", "log", "CHG-0001").out
    assert "Services after the apply" in log
    assert f"error rate was {rate}" in log


def test_a_failed_apply_asks_nobody(tfchange: Run, plan: Path, shop: Shop) -> None:
    """It is clear enough how that went."""
    told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    approve(tfchange)
    done = tfchange("change", "close", "--result", "failed", *PLACE, "-f", "json")
    assert told(done)["state"] == "closed"
    assert "Services after" not in tfchange("change", "log", "CHG-0001").out


@pytest.mark.usefixtures("impatient")
def test_nobody_there_to_ask(tfchange: Run, plan: Path, shop: Shop, tmp_path: Path) -> None:
    """Keeps the gate closed; what was applied is closed all the same, and the notes say so."""
    told(tfchange("change", "open", plan, *PLACE, "-f", "json"))
    approve(tfchange)
    nobody = SETTINGS.format(address="http://127.0.0.1:9")
    (tmp_path / "tfchange.yaml").write_text(nobody)
    assert tfchange("gate", plan, *PLACE).code == 1
    assert gate(tfchange, plan, "--fail-open")["unasked"] is True
    assert told(tfchange(*DONE))["state"] == "closed"
    assert "could not be asked for" in tfchange("change", "log", "CHG-0001").out
