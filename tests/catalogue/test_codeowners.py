"""CODEOWNERS by the documentation of GitHub and of GitLab."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.catalogue.codeowners import parse

GITHUB = """\
# Everybody's, unless a later line says otherwise.
*            @acme/platform @acme/ops
*.sql        @acme/db       # an inline comment
infra/*      infra@example.com
/modules/    @acme/modules
/modules/free
live/eu      @acme/eu
/build/logs/ @acme/build
**/secrets   @acme/security
a/**/z.tf    @acme/az
with\\ space/ @acme/space
what?.tf     @acme/what
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("main.tf", "@acme/platform @acme/ops"),
        ("live/deep/down/x.sql", "@acme/db"),
        ("infra/main.tf", "infra@example.com"),
        ("infra/net/main.tf", "@acme/platform @acme/ops"),
        ("other/infra/main.tf", "@acme/platform @acme/ops"),
        ("modules/db/main.tf", "@acme/modules"),
        ("x/modules/db/main.tf", "@acme/platform @acme/ops"),
        ("modules/free", ""),
        ("modules/free/main.tf", ""),
        ("live/eu/main.tf", "@acme/eu"),
        ("live/eu", "@acme/eu"),
        ("build/logs/a/b.tf", "@acme/build"),
        ("build/logs", "@acme/platform @acme/ops"),
        ("a/secrets/b/c.tf", "@acme/security"),
        ("secrets/c.tf", "@acme/security"),
        ("a/z.tf", "@acme/az"),
        ("a/b/c/z.tf", "@acme/az"),
        ("with space/main.tf", "@acme/space"),
        ("deep/with space/main.tf", "@acme/space"),
        ("whats.tf", "@acme/what"),
        ("whatsoever.tf", "@acme/platform @acme/ops"),
    ],
)
def test_github(path: str, owners: str) -> None:
    """The last line that matches counts, also where it names nobody."""
    found = parse(GITHUB).of(path)
    assert [" ".join(each.owners) for each in found] == ([owners] if owners else [])


def test_what_means_nothing_to_github_is_passed_over() -> None:
    """Negation, character ranges, an escaped number sign, and what is no owner; lines are named."""
    text = "* @all\n!a.tf @x\n[ab].tf @x\n\\#c.tf @x\nd.tf nobody @x\n/ @x\n"
    found = parse(text)
    assert found.skipped == (2, 3, 4, 6)
    assert [found.of(p)[0].owners for p in ("a.tf", "#c.tf", "d.tf")] == [
        ("@all",), ("@all",), ("@x",)
    ]  # fmt: skip


GITLAB = """\
* @general
\\#odd.tf @odd
[ab].tf @range
[Docs][2] @docs
docs/
*.md
^[Database] @db
model/db/
/setup.tf @setup
!model/db/free/
model/db/free/x.tf @again
[DOCS] @more
/late/**
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("main.tf", {"": ("@general", 1, False)}),
        ("x/#odd.tf", {"": ("@odd", 1, False)}),
        ("b.tf", {"": ("@range", 1, False)}),
        ("x/docs/a/b", {"": ("@general", 1, False), "Docs": ("@docs", 2, False)}),
        ("docs", {"": ("@general", 1, False)}),
        ("late/a/b", {"": ("@general", 1, False), "Docs": ("@more", 2, False)}),
        (
            "x/model/db/README.md",
            {
                "": ("@general", 1, False),
                "Docs": ("@docs", 2, False),
                "Database": ("@db", 1, True),
            },
        ),
        ("setup.tf", {"": ("@general", 1, False), "Database": ("@setup", 1, True)}),
        ("x/setup.tf", {"": ("@general", 1, False)}),
        ("model/db/free/x.tf", {"": ("@general", 1, False)}),
    ],
)
def test_gitlab(path: str, owners: dict[str, tuple[str, int, bool]]) -> None:
    """The last line of each section counts; sections may be optional or want several approvals."""
    found = parse(GITLAB, gitlab=True).of(path)
    assert {
        o.section.name: (" ".join(o.owners), o.section.approvals, o.section.optional) for o in found
    } == owners


@given(st.text(), st.text("ab/*.[]\\ #!@?^", max_size=20), st.booleans())
def test_any_text_is_read(text: str, path: str, gitlab: bool) -> None:
    """Whatever a file holds, it is read, and every path has an answer."""
    found = parse(f"{text}\n{path} @x\n", gitlab=gitlab)
    assert all(each.owners for each in found.of(path.strip("/") or "a"))


def test_a_pattern_of_many_stars_is_answered() -> None:
    """No pattern keeps the machine busy."""
    found = parse("/".join(["**", "*a*a*a*a*a*a*b"] * 30) + " @x")
    assert found.of("/".join(["a" * 80] * 80)) == ()
