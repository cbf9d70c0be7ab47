"""Which services a resource belongs to."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.catalogue.load import load
from tfchange.catalogue.match import Owning
from tfchange.catalogue.model import Catalogue, Service
from tfchange.errors import SettingsError

SHOP = Service("shop", addresses=("module.shop.*",))
PAY = Service("pay", addresses=("module.shop.module.pay.*", 'module.shop["eu"].aws_vpc.*'))
NAMES = ("shop", "pay", "logs")
ADDRESSES = st.from_regex(
    r'(module\.(shop|pay|x)(\["(eu|us)"\])?\.){0,2}aws_(vpc|instance)\.(main|db)(\[[01]\])?',
    fullmatch=True,
)
PATTERNS = st.sampled_from(
    ["*", "module.*", "module.shop.*", "module.*.aws_vpc.*", "aws_*", "*db", "module.pay.*",
     'module.shop["eu"].*', "aws_vpc.main", "module.shop.aws_vpc.main"]
)  # fmt: skip
TAGS = st.dictionaries(
    st.sampled_from(["Service", "App", "Team", "Name"]), st.sampled_from(["shop", "PAY", "x"])
)
SERVICES = st.lists(
    st.builds(
        lambda name, addresses, tags: (
            {"name": name, "addresses": addresses} | ({"tags": tags} if tags else {})
        ),
        st.sampled_from(NAMES),
        st.lists(PATTERNS, max_size=3),
        TAGS,
    ),
    max_size=3,
    unique_by=lambda each: each["name"],
)


def names(owning: Owning, address: str, **tags: str) -> list[str]:
    """The services of the resource, by name."""
    return [s.name for s in owning.of(address, lambda: tags)]


@pytest.mark.parametrize(
    ("address", "service"),
    [
        ("module.shop.aws_vpc.main", ["shop"]),
        ('module.shop["us"].aws_vpc.main[0]', ["shop"]),
        ('module.shop["eu"].aws_vpc.main[0]', ["pay"]),
        ('module.shop["eu"].module.pay["x.y"].aws_vpc.main', ["pay"]),
        ("module.shopping.aws_vpc.main", []),
        ("aws_vpc.shop", []),
    ],
)
def test_the_most_specific_address_wins(address: str, service: list[str]) -> None:
    """A pattern with keys is held against instances, one without against blocks."""
    assert names(Owning(Catalogue((SHOP, PAY))), address) == service


def test_tags_come_after_addresses_and_before_modules() -> None:
    """A resource that no address names is that of its tags, and else that of its module's name."""
    owning = Owning(Catalogue((Service("pay"), SHOP)))
    assert names(owning, "module.shop.aws_vpc.main", Service="pay") == ["shop"]
    assert names(owning, "module.net.module.pay.module.x.aws_vpc.main") == ["pay"]
    assert names(owning, "module.pay.aws_vpc.main", service="Shop") == ["shop"]
    assert names(owning, "aws_vpc.pay", Team="pay") == []


def test_all_tags_of_an_entry_are_needed_and_more_are_more_specific() -> None:
    """An entry with tags of its own is known by all of them, not by its name."""
    both = Service("api", tags={"Service": "shop", "Component": "api"})
    owning = Owning(Catalogue((both, Service("shop"), Service("team", tags={"Team": "a"}))))
    assert names(owning, "aws_vpc.a", Service="shop") == ["shop"]
    assert names(owning, "aws_vpc.a", Service="shop", Component="api") == ["api"]
    assert names(owning, "aws_vpc.a", Service="api") == []
    assert names(owning, "aws_vpc.a", Service="shop", Team="a") == ["shop", "team"]


@given(SERVICES, ADDRESSES, TAGS, st.randoms(use_true_random=False))
def test_the_order_of_entries_means_nothing(
    table: list[dict[str, object]], address: str, tags: dict[str, str], dice: random.Random
) -> None:
    """In any order a catalogue says the same of every resource, or is refused in all of them."""
    shuffled = dice.sample(table, len(table))
    try:
        first = load(table)
    except SettingsError:
        with pytest.raises(SettingsError):
            load(shuffled)
        return
    found = Owning(first).of(address, lambda: tags)
    assert Owning(load(shuffled)).of(address, lambda: tags) == found
    assert all(service in first.services for service in found)


@given(SERVICES, ADDRESSES)
def test_an_address_decides_alone_only_where_one_entry_names_it(
    table: list[dict[str, object]], address: str
) -> None:
    """A catalogue that was loaded never has two services for one address without tags."""
    try:
        owning = Owning(load(table))
    except SettingsError:
        return
    assert len(owning.of(address, dict)) <= 1
