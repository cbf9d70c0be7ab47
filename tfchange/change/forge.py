"""Forges: which repository an address is of, and the addresses of what is in it."""

import re
from urllib.parse import quote, unquote, urlsplit

import msgspec

_FORMS = {
    "github": ("/commit/", "/tree/", "/tree/", "/pull/"),
    "gitlab": ("/-/commit/", "/-/tree/", "/-/tags/", "/-/merge_requests/"),
    "azure": ("/commit/", "?version=GB", "?version=GT", "/pullrequest/"),
    "bitbucket": ("/commits/", "/branch/", "/commits/tag/", "/pull-requests/"),
}
"""Of each forge, what follows a repository's address: for a commit, a branch, a tag, a pull
request."""
_SCP = re.compile(r"(?:[^@/:\s]+@)?([^@/:\s]{2,}):(?!/?/)(.+)")
_AZURE_PATH = re.compile(r"(?:(.+)/)?_git/([^/]+)")
_DOORS = ("ssh.", "altssh.", "vs-ssh.")
"""Names under which forges take ssh where only the web's port is open."""


class Place(msgspec.Struct, frozen=True):
    """A repository at a forge; nothing of it holds a credential."""

    server: str
    """`https://github.com`."""
    repository: str
    forge: str = ""
    """One of github, gitlab, azure, bitbucket; `""` where nobody knows."""
    base: str = ""
    """The address of the repository on the web."""

    def commit_url(self, sha: str) -> str:
        """Where the commit is shown; `""` where nobody knows."""
        return self._at(0, sha)

    def ref_url(self, ref: str) -> str:
        """Where the branch or tag is shown."""
        tag = ref.startswith("refs/tags/")
        return self._at(2 if tag else 1, short(ref))

    def pull_request_url(self, number: int) -> str:
        """Where the pull request is shown."""
        return self._at(3, str(number))

    def _at(self, form: int, name: str) -> str:
        known = _FORMS.get(self.forge) if self.base and name else None
        return f"{self.base}{known[form]}{quote(name)}" if known else ""


def place(server: str, repository: str, forge: str = "") -> Place:
    """The repository of that name at that server."""
    server = clean_url(server).rstrip("/")
    return Place(server, repository, forge, f"{server}/{quote(repository)}" if server else "")


def place_of(remote: str) -> Place | None:
    """The place a git remote names, over https, ssh or in the short form of scp; None for others.

    >>> place_of("https://bot:token@github.com/acme/shop.git").base
    'https://github.com/acme/shop'
    >>> place_of("git@gitlab.com:acme/apps/shop.git").repository
    'acme/apps/shop'
    """
    parts = _host_and_path(remote.strip())
    if parts is None:
        return None
    server, host, path = parts
    path = unquote(path).strip("/").removesuffix(".git").rstrip("/")
    if host.endswith(("dev.azure.com", "visualstudio.com")):
        return _azure(host, path)
    if not path or "/" not in path:
        return None
    return place(server, path, _forge(host))


def clean_url(url: str) -> str:
    """The address without user, password, query and fragment; `""` where it is none of the web."""
    try:
        parts = urlsplit(url.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    return f"{parts.scheme}://{_named(host, port)}{parts.path}"


def page_url(url: str) -> str:
    """The same with the query, for pages that are named by it, such as those of Azure DevOps."""
    clean = clean_url(url)
    query = urlsplit(url.strip()).query if clean else ""
    return f"{clean}?{query}" if query else clean


def short(ref: str) -> str:
    """A ref as people call it: without `refs/heads/`, `refs/tags/` or `refs/`."""
    for start in ("refs/heads/", "refs/tags/", "refs/"):
        if ref.startswith(start):
            return ref[len(start) :]
    return ref


def _host_and_path(remote: str) -> tuple[str, str, str] | None:
    if "://" not in remote:
        found = _SCP.fullmatch(remote)
        return _web("https", found[1], None, found[2]) if found else None
    try:
        parts = urlsplit(remote)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https", "ssh", "git", "git+ssh", "ssh+git") or not host:
        return None
    if parts.scheme.startswith("http"):
        return _web(parts.scheme, host, port, parts.path)
    return _web("https", host, None, parts.path)


def _web(scheme: str, host: str, port: int | None, path: str) -> tuple[str, str, str]:
    host = host.lower()
    for door in _DOORS:
        if host.startswith(door) and host.count(".") > 1:
            host = host.removeprefix(door)
    return f"{scheme}://{_named(host, port)}", host, path


def _named(host: str, port: int | None) -> str:
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{port}" if port else host


def _azure(host: str, path: str) -> Place | None:
    """Azure DevOps, where a repository is in a project of an organisation, or is all of it."""
    found = _AZURE_PATH.fullmatch(path)
    if path.startswith("v3/"):
        names = path.split("/")[1:]
    elif found:
        names = [name for name in (found[1] or "").split("/") if name]
        names = [name for name in names if name != "DefaultCollection"] + [found[2]]
        if host != "dev.azure.com":
            names.insert(0, host.partition(".")[0])
        if len(names) == 2:
            names.append(names[1])
    else:
        return None
    if len(names) != 3:
        return None
    organisation, project, repository = names
    server = "https://dev.azure.com"
    base = f"{server}/{quote(organisation)}/{quote(project)}/_git/{quote(repository)}"
    return Place(server, "/".join(names), "azure", base)


def _forge(host: str) -> str:
    return next((name for name in ("github", "gitlab", "bitbucket") if name in host), "")
