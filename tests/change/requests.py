"""Change requests to file in tests."""

from typing import Any

from tfchange.change.request import (
    Attachment,
    Block,
    ChangeRequest,
    Commit,
    Link,
    Stamp,
    Texts,
)
from tfchange.risk.assessment import Approval, Category, Level


def commit(**given: Any) -> Commit:
    """A commit of a pull request."""
    told: dict[str, Any] = {
        "repository": "acme/shop",
        "sha": "5ca1ab1e" * 5,
        "ref": "refs/heads/resize",
        "pull_request": 12,
        "time": 1_763_000_000,
        "server": "https://github.com",
        "commit_url": "https://github.com/acme/shop/commit/" + "5ca1ab1e" * 5,
        "pull_request_url": "https://github.com/acme/shop/pull/12",
        "run_url": "https://github.com/acme/shop/actions/runs/1",
    }
    return Commit(**{**told, **given})


def request(*, at: int = 1_763_000_100, **given: Any) -> ChangeRequest:
    """A normal change that makes a database larger; `at` is the time of its plan."""
    made: Commit = given.get("commit", commit())
    told: dict[str, Any] = {
        "commit": made,
        "category": Category.NORMAL,
        "level": Level.HIGH,
        "impact": Level.HIGH,
        "likelihood": Level.LOW,
        "score": 52,
        "stamp": Stamp(made.time, at),
        "title": "acme/shop #12: 1 to update in production",
        "texts": Texts(
            description=(
                Block("paragraph", ("aws_db_instance.main is updated.",)),
                Block("heading", ("Changes",)),
                Block("items", ("aws_db_instance.main: instance_class", "a_b.c: *x* {y} [z]")),
            ),
            risk=(Block("paragraph", ("High risk, 52 points.",)),),
            implementation=(Block("steps", ("terraform apply the reviewed plan",)),),
            test=(Block("steps", ("terraform plan shows no changes",)),),
            backout=(Block("steps", ("aws_db_instance.main: re-apply the previous commit",)),),
        ),
        "environment": "production",
        "fingerprint": "f" * 32,
        "approvals": (Approval("Database team", "database-resized asks for it"),),
        "lead_time": "2 working days",
        "services": ("shop",),
        "links": (
            Link("commit", f"acme/shop@{made.sha[:8]}", made.commit_url),
            Link("pull request", "acme/shop #12", made.pull_request_url),
            Link("run", "The run that filed this", made.run_url),
        ),
        "attachments": (Attachment("assessment.json", "application/json", b'{"score": 52}'),),
    }
    return ChangeRequest(**{**told, **given})
