"""Under which name a backend keeps the state."""

import json
from pathlib import Path

import pytest

from tests.build import plan
from tfchange.source.hcl import read_source
from tfchange.source.place import settled

MARKER = "AKIAEXAMPLEEXAMPLE"


def init(folder: Path, backend: object) -> Path:
    """What `terraform init` leaves in a folder."""
    file = folder / ".terraform" / "terraform.tfstate"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"version": 3, "backend": backend}), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("config", "names"),
    [
        ({"bucket": "prod-states", "key": "dev/net.tfstate", "access_key": MARKER},
         "dev/net.tfstate"),
        ({"key": "net", "workspace_key_prefix": "envs"}, "net/envs"),
        ({"prefix": "terraform/prod", "credentials": MARKER}, "terraform/prod"),
        ({"path": "states/stg.tfstate", "workspace_dir": None}, "states/stg.tfstate"),
        ({"organization": "acme", "token": MARKER, "workspaces": [{"name": "net-prod"}]},
         "net-prod"),
        ({"workspaces": {"prefix": "app-", "name": None}}, "app-"),
        ({"address": "https://user:pass@example.com/prod"}, ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_what_init_settled_on(tmp_path: Path, config: object, names: str) -> None:
    """Names of places are taken, and nothing else, since there are credentials beside them."""
    found = settled(str(init(tmp_path, {"type": "s3", "config": config})))
    assert found == names
    assert MARKER not in found


@pytest.mark.parametrize("backend", [None, [], "s3", {"config": 3}, {"config": {"key": 3}}])
def test_what_is_no_backend_names_nothing(tmp_path: Path, backend: object) -> None:
    """Whatever stands in the file, it is no error."""
    assert settled(str(init(tmp_path, backend))) == ""


@pytest.mark.parametrize("text", ["", "{", "[]", "[" * 100_000, "null"])
def test_a_broken_file_names_nothing(tmp_path: Path, text: str) -> None:
    """It is read again by Terraform, which says what is wrong with it."""
    file = init(tmp_path, None) / ".terraform" / "terraform.tfstate"
    file.write_text(text, encoding="utf-8")
    assert settled(str(tmp_path)) == settled(str(tmp_path / "none")) == ""


def test_the_data_folder_can_be_elsewhere(tmp_path: Path) -> None:
    """TF_DATA_DIR says where, from the folder on."""
    init(tmp_path, {"config": {"key": "prod/net"}})
    (tmp_path / ".terraform").rename(tmp_path / "data")
    assert settled(str(tmp_path), "data") == "prod/net"
    assert settled(str(tmp_path)) == ""


@pytest.mark.parametrize(
    ("name", "text", "names"),
    [
        ("main.tf", 'terraform {\n  backend "s3" {\n    key = "prod/a.tfstate"\n  }\n}\n',
         "prod/a.tfstate"),
        ("main.tf", 'terraform {\n  # backend "s3" { key = "prod" }\n}\n', ""),
        ("main.tf", 'terraform {\n  cloud {\n workspaces {\n name = "net-dev"\n }\n }\n}\n',
         "net-dev"),
        ("main.tf", 'terraform {\n  backend "gcs" {\n    prefix = "a${var.b}"\n  }\n}\n', ""),
        ("main.tf", 'resource "x_y" "z" {\n  backend {\n    key = "prod"\n  }\n}\n', ""),
        ("main.tf.json", '{"terraform": {"backend": {"s3": {"key": "stage/a", "token": "t"}}}}',
         "stage/a"),
    ],
)  # fmt: skip
def test_what_the_source_says(tmp_path: Path, name: str, text: str, names: str) -> None:
    """Plain strings of the backend's block are taken; comments and other blocks are not."""
    (tmp_path / name).write_text(text, encoding="utf-8")
    source, _ = read_source(str(tmp_path), plan([]), cache=str(tmp_path / "cache"))
    assert source.backend == names
