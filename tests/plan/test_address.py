"""Addresses."""

import re
from contextlib import suppress
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.errors import PlanError
from tfchange.plan.address import Address, ModuleStep, block_of, keys_apart, module_steps

names = st.from_regex(r"[a-z_][a-z0-9_-]{0,12}", fullmatch=True)
keys = st.none() | st.integers(0, 10**6) | st.text(max_size=20)
KEY = re.compile(r'\[(?:(-?[0-9]{1,19})|"((?:[^"\\]|\\.)*)")\]')
addresses = st.builds(
    Address,
    names,
    names,
    keys,
    st.sampled_from(["managed", "data", "ephemeral"]),
    st.lists(st.builds(ModuleStep, names, keys), max_size=4).map(tuple),
)


@given(addresses)
def test_an_address_survives_the_way_to_text_and_back(address: Address) -> None:
    """`parse(str(a)) == a`, whatever stands in the keys."""
    assert Address.parse(str(address)) == address


@given(addresses)
def test_the_block_has_no_keys_and_parses(address: Address) -> None:
    """The block of an instance names the same steps, type and name without any key."""
    block = Address.parse(address.block)
    assert (block.type, block.name, block.mode) == (address.type, address.name, address.mode)
    assert [s.name for s in block.modules] == [s.name for s in address.modules]
    assert block.key is None
    assert all(s.key is None for s in block.modules)
    assert block_of(str(address)) == address.block


@given(addresses.map(str) | st.text('ab.["]\\{-01', max_size=24))
def test_keys_are_taken_apart_as_a_pattern_would_or_not_at_all(text: str) -> None:
    """Without a pattern the same is left, and the same keys are taken from the same places."""
    if apart := keys_apart(text):
        found = list(KEY.finditer(text))
        taken = accumulate((len(each[0]) for each in found), initial=0)
        places = [each.start() - before for each, before in zip(found, taken, strict=False)]
        keys = [int(each[1]) if each[1] else each[2] for each in found]
        assert apart == (KEY.sub("", text), list(zip(places, keys, strict=True)))


@given(addresses)
def test_a_module_instance_is_told_by_its_steps(address: Address) -> None:
    """The steps of a module's own address are those of the addresses inside of it."""
    assert module_steps(address.module) == (address.modules or None)
    assert module_steps(f"{address.module}x[") is None


@given(st.text(max_size=40))
def test_other_text_is_refused_with_the_projects_own_error(text: str) -> None:
    """Any text either parses to an address that prints the same, or raises `PlanError`."""
    with suppress(PlanError):
        assert Address.parse(str(Address.parse(text))) == Address.parse(text)


@pytest.mark.parametrize(
    ("text", "key", "module"),
    [
        ("aws_vpc.main", None, ""),
        ("aws_vpc.main[3]", 3, ""),
        ('module.app.terraform_data.web["gre.en[0]\\"x"]', 'gre.en[0]"x', "module.app"),
        ('module.a["x.y"].module.b[0].data.aws_ami.x["é ü"]', "é ü", 'module.a["x.y"].module.b[0]'),
        ('aws_s3_bucket.b["$${env}"]', "${env}", ""),
        ("module.module.module.x.aws_x.y", None, "module.module.module.x"),
    ],
)
def test_addresses_as_terraform_prints_them(text: str, key: object, module: str) -> None:
    """Keys with dots, brackets, quotes and templates are read as Terraform escapes them."""
    address = Address.parse(text)
    assert (str(address), address.key, address.module) == (text, key, module)
