"""Where plain looks at a text stand in for a pattern, which is dear to compile: they say the same.

The patterns stand here as the definition; no run has to compile them any more.
"""

import re

from hypothesis import given
from hypothesis import strategies as st

from tfchange.plan.configure import scrub_source
from tfchange.plan.paths import Path
from tfchange.risk import attributes, noise
from tfchange.rulebook.rule import TypeTraits


def of(*pieces: str) -> st.SearchStrategy[str]:
    """Texts made of these pieces, with anything at all between them."""
    some = st.sampled_from(pieces) | st.text(max_size=2)
    return st.lists(some, max_size=8).map("".join)


@given(of(".", "[", "]", "tags", "\n"))
def test_the_first_step_of_a_path(path: str) -> None:
    """It ends before the first dot or bracket."""
    found = re.match(r"[^.\[]*", path)
    assert found is not None
    assert attributes._first(path) == found.group()


@given(of("_count", "desired", "min", "max", "node", "instance", "task", "_", "\n"))
def test_counts_that_a_provider_tells(name: str) -> None:
    """Those that people set are none."""
    pattern = r"(?<!desired)(?<!min)(?<!max)(?<!node)(?<!instance)(?<!task)_count\Z"
    assert noise._tally(name) == (re.search(pattern, name) is not None)


@given(st.lists(of("polic", "y", "ru", "le", "rout", "user", "_data", "x"), max_size=3).map(tuple))
def test_attributes_that_decide_who_may_do_what(path: Path) -> None:
    """They are told by a word anywhere in the path."""
    pattern = (
        r"polic|ingress|egress|cidr|acl|public|principal|grant|role|permission|allow|auth|user_data"
        r"|encrypt|kms|protect|password|secret|firewall|rout|rule"
    )
    plain = attributes.plain_path(path)
    assert noise.telling(path, TypeTraits(())) == (re.search(pattern, plain) is not None)


@given(of("git::", "https://", "a", ":", "@", "/", "?", "&", "ref=", "depth=", "token=", "=", " "))
def test_sources_without_credentials(source: str) -> None:
    """A source is left as it is where there can be none in it."""
    pattern = r"//[^/@\s]+@|[?&](?!ref=|depth=)[^?&=]+=[^&]*"
    said = re.sub(pattern, lambda found: "//" if found[0].startswith("//") else "", source)
    assert scrub_source(source) == said
