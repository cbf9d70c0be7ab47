"""Which workspace is selected in a folder, as Terraform itself remembers it."""

import os

FILE = "environment"
"""Of the data folder; `terraform workspace select` writes it
(https://developer.hashicorp.com/terraform/cli/workspaces)."""


def read_workspace(folder: str = ".", data: str | None = None) -> str:
    """The name of the selected workspace; `""` where none was ever selected, or none can be read.

    `data` is where TF_DATA_DIR puts what is otherwise in `.terraform`.
    """
    path = os.path.join(folder, data or ".terraform", FILE)
    try:
        with open(path, encoding="utf-8") as file:
            name = file.read(256).strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return name if name.isprintable() else ""
