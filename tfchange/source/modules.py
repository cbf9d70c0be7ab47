"""Follows module calls through the folders of a configuration."""

import os
from collections import deque

import msgspec

from tfchange.errors import SourceError
from tfchange.plan.configuration import ConfigModule
from tfchange.plan.model import Caveat, Plan
from tfchange.source.folder import Folder, constant, read_folder

MOST_MODULES = 2_000
"""Calls followed where the plan does not say which there are; Terraform's own have an end."""


class Module(msgspec.Struct, frozen=True):
    """One call of a module with the folder it comes from."""

    path: str
    """The path of calls, such as `module.a.module.b`; `""` for the root module."""
    folder: Folder
    planned: ConfigModule | None
    """The same module as the plan has it, None where the plan holds no configuration."""


def follow(directory: str, plan: Plan) -> tuple[tuple[Module, ...], tuple[Caveat, ...]]:
    """The root module and all that it calls, each call for itself, nearest to the root first.

    Raises `SourceError` if there is no such folder.
    """
    if not os.path.isdir(directory):
        raise SourceError(
            f"{directory} is no folder, so no Terraform source can be read from it",
            "Name the folder of the root module: tfchange assess PLAN --source DIR",
        )
    return _Walk(directory).run(plan)


class _Walk:
    """The state of one walk; every folder is read once, however often it is called."""

    def __init__(self, directory: str) -> None:
        self.root = directory
        self.installed = _installed(directory)
        self.folders: dict[str, Folder] = {}
        self.modules: list[Module] = []
        self.caveats: list[Caveat] = []

    def run(self, plan: Plan) -> tuple[tuple[Module, ...], tuple[Caveat, ...]]:
        planned = plan.configuration.root if plan.configuration else None
        queue = deque([Module("", self._folder(self.root), planned)])
        while queue and len(self.modules) < MOST_MODULES:
            module = queue.popleft()
            self.modules.append(module)
            queue.extend(self._called(module))
        if queue:
            more = f"more than {MOST_MODULES} module calls; the rest was not followed"
            self.caveats.append(Caveat("source-missing", more, blocks_standard=True))
        unread = [caveat for folder in self.folders.values() for caveat in folder.caveats]
        return tuple(self.modules), (*self.caveats, *unread)

    def _called(self, module: Module) -> list[Module]:
        called: dict[str, Module] = {}
        for found in module.folder.blocks:
            block = found.block
            if block.kind != "module" or len(block.labels) != 1 or found.override:
                continue
            name = block.labels[0]
            call = module.planned.calls.get(name) if module.planned else None
            # A call that the plan does not know is none of this plan's.
            if name in called or (module.planned and not call):
                continue
            path = f"{module.path}.module.{name}".lstrip(".")
            if folder := self._source(path, module.folder.path, constant(block, "source")):
                called[name] = Module(path, folder, call.module if call else None)
        return list(called.values())

    def _source(self, path: str, caller: str, source: str) -> Folder | None:
        key = path.removeprefix("module.").replace(".module.", ".")
        local = source.startswith(("./", "../", ".\\", "..\\")) or source in (".", "..")
        place = os.path.join(caller, source) if local else self.installed.get(key, "")
        folder = self._folder(os.path.normpath(place)) if place else None
        if folder and folder.files:
            return folder
        why = f"its folder {source} has no .tf files" if local else "it is not installed here"
        message = f"the source of {path} is missing: {why} (terraform init installs modules)"
        self.caveats.append(Caveat("source-missing", message, path, blocks_standard=True))
        return None

    def _folder(self, path: str) -> Folder:
        if path not in self.folders:
            self.folders[path] = read_folder(path, self.root)
        return self.folders[path]


class _Installed(msgspec.Struct):
    key: str = msgspec.field(name="Key")
    folder: str = msgspec.field(name="Dir")


class _Manifest(msgspec.Struct):
    modules: list[_Installed] = msgspec.field(name="Modules", default_factory=list)


def _installed(directory: str) -> dict[str, str]:
    """Where `terraform init` put each module, by the names of the calls joined with dots."""
    data = os.environ.get("TF_DATA_DIR") or ".terraform"
    try:
        with open(os.path.join(directory, data, "modules", "modules.json"), "rb") as stream:
            manifest = msgspec.json.decode(stream.read(), type=_Manifest)
    except (OSError, ValueError, RecursionError):
        return {}
    return {module.key: os.path.join(directory, module.folder) for module in manifest.modules}
