"""Who owns the files that changes stand in."""

from typing import Any

import pytest

from tests.build import change
from tests.risk.small import assessed
from tests.risk.test_services import resized
from tfchange.catalogue.codeowners import parse
from tfchange.catalogue.owners import FileOwners
from tfchange.plan.configuration import Source, SourceBlock, SourceModule
from tfchange.risk.assessment import Approval, Assessment, Category, Emergency, Informed

FILES = {
    "": {"aws_vpc.v": "main.tf", "aws_instance.i": "web.tf", "aws_db_instance.d": "data.tf",
         "aws_iam_role.r": "iam.tf", "module.net": "calls.tf", "module.own": "calls.tf"},
    "module.net": {"aws_vpc.v": ".terraform/modules/net/main.tf"},
    "module.own": {"aws_vpc.v": "../modules/own/main.tf"},
}  # fmt: skip
SOURCE = Source(
    {
        path: SourceModule(path, {name: SourceBlock(file, 1) for name, file in blocks.items()})
        for path, blocks in FILES.items()
    },
    root="infra",
)
"""A configuration in the folder infra, as seen from the root of its repository."""


def owned(text: str, *addresses: str, **fields: Any) -> Assessment:
    """The assessment of changes at these addresses, with that CODEOWNERS."""
    gitlab = fields.pop("gitlab", False)
    owners = FileOwners("/src/shop", "/src/shop", parse(text, gitlab=gitlab))
    told = {"source": SOURCE, "owners": owners, **fields}
    return assessed([resized(a) for a in addresses], told=told)


def asked(found: Assessment) -> list[Approval]:
    """Owners who are asked."""
    return [a for a in found.approvals if "@" in a.group]


@pytest.mark.parametrize(
    ("address", "file"),
    [
        ("aws_vpc.v", "infra/main.tf"),
        ("module.own.aws_vpc.v[0]", "modules/own/main.tf"),
        ('module.net["a"].aws_vpc.v', "infra/calls.tf"),
        ("module.own.aws_vpc.gone", "infra/calls.tf"),
    ],
)
def test_the_owner_of_the_file_is_asked(address: str, file: str) -> None:
    """Of a block that is gone, or of a module that was fetched, the file that calls it counts."""
    assert asked(owned(f"* @all\n{file} @acme/own\n", address)) == [
        Approval("@acme/own", f"owns {file} (CODEOWNERS)")
    ]


def test_nobody_is_asked_for_what_nobody_owns() -> None:
    """No line, no file, or nothing that changes."""
    assert asked(owned("infra/web.tf @web", "aws_vpc.v")) == []
    assert asked(owned("* @all", "aws_vpc.gone")) == []
    told = {"source": SOURCE, "owners": FileOwners("/w", "/w", parse("* @all"))}
    moved = change("aws_vpc.v", ["no-op"], {}, {}, previous_address="aws_vpc.u")
    assert asked(assessed([moved, resized("aws_instance.i")], told=told)) == [
        Approval("@all", "owns infra/web.tf (CODEOWNERS)")
    ]


def test_any_owner_of_a_line_speaks_for_it() -> None:
    """They are one group; where some of them are asked anyway, these are enough."""
    text = "infra/* @a @b\n/infra/web.tf @b @a @b\ninfra/iam.tf @c @b @a\ninfra/data.tf @b\n"
    assert asked(owned(text, "aws_vpc.v", "aws_instance.i")) == [
        Approval("@a or @b", "owns infra/main.tf, infra/web.tf (CODEOWNERS)"),
    ]
    assert asked(owned(text, "aws_vpc.v", "aws_iam_role.r", "aws_db_instance.d")) == [
        Approval("@b", "owns infra/data.tf, infra/iam.tf, infra/main.tf (CODEOWNERS)")
    ]


def test_many_files_are_counted() -> None:
    """Some are named, and how many more there are."""
    files = ("aws_vpc.v", "aws_instance.i", "aws_db_instance.d", "aws_iam_role.r",
             "module.net.aws_vpc.v")  # fmt: skip
    assert asked(owned("* @all", *files)) == [
        Approval(
            "@all",
            "owns infra/calls.tf, infra/data.tf, infra/iam.tf and 2 more files (CODEOWNERS)",
        )
    ]


def test_sections_of_gitlab() -> None:
    """Each is asked, an optional one is told, and several approvals are told of."""
    text = "* @all\n[Net][2] @net\n*.tf\n^[Watch]\n*.tf watch@example.com\n"
    found = owned(text, "aws_vpc.v", gitlab=True)
    assert asked(found) == [
        Approval("@all", "owns infra/main.tf (CODEOWNERS)"),
        Approval("@net", "owns infra/main.tf (CODEOWNERS, which asks for 2 approvals)"),
    ]
    assert found.informed == (Informed("watch@example.com", "owns infra/main.tf (CODEOWNERS)"),)


def test_more_approvals_than_a_part_gives_are_asked_for() -> None:
    """One owner who is asked anyway is not enough for a section that wants two."""
    text = "infra/* @a\n[Net][2]\ninfra/* @a @b\n"
    assert [a.group for a in asked(owned(text, "aws_vpc.v", gitlab=True))] == ["@a", "@a or @b"]


def test_only_what_waits_for_people_waits_for_owners() -> None:
    """A standard change was approved before; an emergency asks as its policy says."""
    told = {"source": SOURCE, "owners": FileOwners("/src/shop", "/src/shop", parse("* @all"))}
    tags = change("aws_vpc.v", ["update"], {"tags": {"a": "x"}}, {"tags": {"a": "y"}})
    standard = assessed([tags], told=told)
    assert (standard.category, standard.approvals) == (Category.STANDARD, ())
    found = owned("* @all", "aws_vpc.v", emergency=Emergency("INC1"))
    assert [a.group for a in asked(found)] == ["@all"]
