"""Catalogues from settings and files, and what is wrong with them."""

from pathlib import Path

import pytest

from tests.conftest import ROOT
from tfchange.catalogue.load import SCHEMA, load
from tfchange.catalogue.model import Service
from tfchange.errors import SettingsError
from tfchange.schema import load as schema

FILE = """\
services:
  - name: shop
    tier: critical
    owner: team-shop
    ci: shop-prod
    addresses: [module.shop.*]
    tags: {Service: shop}
  - {name: logs, tier: 4}
"""
SHOP = Service("shop", 1, "team-shop", "shop-prod", ("module.shop.*",), {"Service": "shop"})


def write(folder: Path, **files: str) -> Path:
    """The folder with these files; `__` in a name stands for a folder."""
    for name, text in files.items():
        file = folder / f"{name.replace('__', '/').replace('_', '-')}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def faults(path: Path, table: list[dict[str, object]] | None = None) -> list[str]:
    """What is wrong, line by line, without the folder."""
    with pytest.raises(SettingsError) as caught:
        load(table or (), str(path))
    return caught.value.message.replace(f"{path.parent}/", "").splitlines()


def test_a_file_says_what_the_table_says(tmp_path: Path) -> None:
    """Services of a file and of the settings are one catalogue, by name; a tier can be a word."""
    file = write(tmp_path, services=FILE) / "services.yaml"
    assert load((), str(file)).services == (Service("logs", 4), SHOP)
    table = [{"name": "pay", "tier": 2, "owner": "team-pay"}]
    assert load(table, str(file)).services == (
        Service("logs", 4), Service("pay", 2, "team-pay"), SHOP
    )  # fmt: skip
    assert load().services == ()


def test_folders_and_globs(tmp_path: Path) -> None:
    """In a folder catalog-info.yaml counts at any depth, and a glob takes what it matches."""
    one = "services: [{name: %s}]\n"
    write(
        tmp_path,
        catalog_info=one % "root",
        a__b__catalog_info=one % "deep",
        a__other=one % "other",
        **{".terraform__catalog_info": one % "fetched"},
    )
    assert [s.name for s in load((), str(tmp_path)).services] == ["deep", "root"]
    assert [s.name for s in load((), str(tmp_path / "a" / "*.yaml")).services] == ["other"]
    every = load((), str(tmp_path / "**" / "*.yaml")).services
    assert [s.name for s in every] == ["deep", "other", "root"]


@pytest.mark.parametrize(
    ("name", "said"), [("none.yaml", "No such file"), ("*.none", "no file at"), (".", "no catalog")]
)
def test_a_catalogue_that_is_not_there(tmp_path: Path, name: str, said: str) -> None:
    """It is an error that says where was looked, and not a catalogue without services."""
    with pytest.raises(SettingsError) as caught:
        load((), str(tmp_path / name))
    assert said in caught.value.message


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    """Each with file and line: what is no key, no tier, no address, no entity, no YAML."""
    write(
        tmp_path,
        a__catalog_info="services:\n- name: shop\n  teir: 1\n- tier: 7\n  name: x\n- {tier: 1}\n",
        b__catalog_info="hello: world\n",
        c__catalog_info="kind: Component\nmetadata:\n  annotations: {tfchange/tir: 1}\n",
        d__catalog_info="kind: Component\nmetadata:\n  name: d\n  annotations:\n"
        "    tfchange/tier: high\n    tfchange/teir: 1\n    tfchange/tags: Service\n",
        e__catalog_info="a: [\n",
    )
    found = faults(tmp_path)
    folder = f"{tmp_path.name}/"
    assert sorted(each.removeprefix(folder).split(": ")[0] for each in found) == [
        "a/catalog-info.yaml:3", "a/catalog-info.yaml:4", "a/catalog-info.yaml:6",
        "b/catalog-info.yaml:1", "c/catalog-info.yaml:2",
        "d/catalog-info.yaml:6", "d/catalog-info.yaml:7", "e/catalog-info.yaml:2",
    ]  # fmt: skip
    assert any("unknown key 'teir'; is 'tier' meant?" in each for each in found)
    assert any("is 'tfchange/tier' meant?" in each for each in found)


def test_what_can_be_read_two_ways_is_a_fault(tmp_path: Path) -> None:
    """Two services of one name, with the same tags, or for one address of equal rank."""
    text = """\
services:
  - {name: shop, tags: {Service: a}, addresses: ["module.*.aws_vpc.*"]}
  - {name: Shop, tags: {Service: a}}
  - name: net
    addresses:
      - module.*
      - "module.*.module.*"
      - module.*_vpc.*.aws
"""
    file = write(tmp_path, services=text) / "services.yaml"
    vpc = "'module.*_vpc.*.aws' is as specific as 'module.*.aws_vpc.*' of 'shop'"
    both = ", and both can match one address; make one of them more specific"
    assert faults(file, [{"name": "all", "addresses": ["module.*"]}]) == [
        "services.yaml:3: 'Shop' is called 'shop' too",
        "services.yaml:3: 'Shop' has the same tags as 'shop' too",
        f"services.yaml:6: 'module.*' is as specific as 'module.*' of 'all'{both}",
        f"services.yaml:8: {vpc}{both}",
    ]


def test_too_many_addresses_of_one_rank_are_a_fault() -> None:
    """What would have to be compared for hours is refused at once."""
    table = [{"name": f"s{n}", "addresses": [f"*{n:04}"]} for n in range(501)]
    assert len(load(table[:500]).services) == 500
    with pytest.raises(SettingsError, match=r"services\[500\].*as specific as 500"):
        load(table)


def test_one_service_may_name_an_address_twice() -> None:
    """Only two services are in doubt about an address."""
    table = [{"name": "a", "addresses": ["module.*a.*", "module.*.b*", "module.*a.*"]}]
    assert load(table).services[0].name == "a"


def test_the_settings_have_the_schema_of_the_file() -> None:
    """`services` of tfchange.yaml is what a catalogue file holds, to the letter."""
    settings = schema("settings-1.0")["properties"]["services"]["items"]
    assert settings == schema(SCHEMA)["$defs"]["service"]
    assert (ROOT / "tfchange" / "schemas" / f"{SCHEMA}.json").exists()
