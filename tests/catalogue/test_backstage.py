"""Entities of Backstage as services."""

from pathlib import Path

import pytest

from tfchange.catalogue.load import load
from tfchange.catalogue.model import Service
from tfchange.errors import SettingsError

ENTITIES = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: shop
  annotations:
    github.com/project-slug: acme/shop
    tfchange/tier: "1"
    tfchange/ci: shop-prod
    tfchange/addresses: |
      module.shop.*
      aws_sqs_queue.orders, aws_sqs_queue.dead
    tfchange/tags: Service=shop, Component = api
spec:
  type: service
  lifecycle: production
  owner: group:default/team-shop
  dependsOn: ["resource:default/orders", "component:pay"]
---
kind: System
metadata: {name: shop}
spec: {owner: team-platform}
---
kind: Resource
metadata: {name: orders, annotations: {tfchange/addresses: "*aws_db_instance.orders"}}
spec: {type: database, owner: "group:data/team-db"}
---
kind: Component
metadata: {name: pay, namespace: payments, annotations: {tfchange/tier: high}}
spec: {owner: "user:default/ann", dependsOn: ["resource:orders"]}
---
kind: Group
metadata: {name: team-shop}
spec: {type: team}
---
kind: Location
spec: {targets: [./other.yaml]}
---
"""


def test_entities_are_services(tmp_path: Path) -> None:
    """Names, owners and annotations are read; other kinds and annotations are not ours.

    A resource is as critical as the most critical that depends on it; a system of the same name as
    a component gives way.
    """
    (tmp_path / "catalog-info.yaml").write_text(ENTITIES)
    addresses = ("module.shop.*", "aws_sqs_queue.orders", "aws_sqs_queue.dead")
    tags = {"Service": "shop", "Component": "api"}
    assert load((), str(tmp_path)).services == (
        Service("orders", 1, "data/team-db", addresses=("*aws_db_instance.orders",)),
        Service("payments/pay", 2, "ann"),
        Service("shop", 1, "team-shop", "shop-prod", addresses, tags),
        Service("system:shop", None, "team-platform"),
    )


def test_two_components_of_one_name_are_a_fault(tmp_path: Path) -> None:
    """Backstage does not take them either; the second is named with its line."""
    text = (
        "kind: Component\nmetadata:\n  name: shop\n---\nkind: Component\nmetadata: {name: Shop}\n"
    )
    (tmp_path / "catalog-info.yaml").write_text(text)
    with pytest.raises(SettingsError) as caught:
        load((), str(tmp_path))
    assert caught.value.message.endswith("'Shop' is called 'shop' too")
