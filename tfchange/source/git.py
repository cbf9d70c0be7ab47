"""What git says of the folder a run is in; never an error, since a CI may say it all as well."""

import os

import msgspec

_SEPARATOR = "%x00"
_FORM = f"--format=%H{_SEPARATOR}%ct{_SEPARATOR}%ae{_SEPARATOR}%an"
_SECONDS = 20
"""Longer no answer of git takes; a folder on a dead network drive would hold the run for ever."""


class Git(msgspec.Struct, frozen=True):
    """The commit that is checked out, and where its repository comes from."""

    remote: str = ""
    """The address as git has it: it can hold a credential, and only `forge.place_of` reads it."""
    sha: str = ""
    ref: str = ""
    """The full ref of the branch or, where HEAD is detached, of a tag on it; `""` for neither."""
    time: int = 0
    """When the commit was committed, in seconds since 1970."""
    author: str = ""
    """As `Name <address>`, or what there is of it."""
    fault: str = ""
    """Why nothing is known, as a finished sentence."""
    advice: str = ""


def read_git(folder: str = ".") -> Git:
    """What is checked out in that folder; where that cannot be told, `fault` says why."""
    code, said, complaint = ask(folder, "rev-parse", "--is-inside-work-tree")
    if code != 0 or said.strip() != "true":
        return _fault(folder, code, complaint)
    sha, time, author = read_commit(folder)
    return Git(_remote(folder), sha, _ref(folder), time, author)


def read_commit(folder: str = ".", sha: str = "HEAD") -> tuple[str, int, str]:
    """A commit's full hash, time and author; empty where the clone is too shallow to have it."""
    if sha.startswith("-"):
        return "", 0, ""
    code, said, _ = ask(folder, "log", "-1", "--no-show-signature", _FORM, sha, "--")
    parts = said.strip("\n").split("\0")
    if code != 0 or len(parts) != 4 or not parts[1].isdecimal():
        return "", 0, ""
    full, time, mail, name = parts
    return full, int(time), person(name, mail)


def read_message(folder: str = ".", sha: str = "HEAD") -> str:
    """The whole message of a commit; `""` where the clone does not have it."""
    if sha.startswith("-"):
        return ""
    code, said, _ = ask(folder, "log", "-1", "--no-show-signature", "--format=%B", sha, "--")
    return said if code == 0 else ""


def has_commit(folder: str, revision: str) -> bool:
    """Whether the clone has the commit that the revision, such as a full ref, stands for."""
    if revision.startswith("-"):
        return False
    return ask(folder, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")[0] == 0


def read_file(folder: str, revision: str, path: str) -> str | None:
    """A file as it stands at that revision, by its path from the root; None where it is not."""
    if revision.startswith("-"):
        return None
    code, said, _ = ask(folder, "cat-file", "blob", f"{revision}:{path}")
    return said if code == 0 else None


def person(name: str, mail: str) -> str:
    """Both as git writes them, `Name <address>`; one of them where the other is missing."""
    name, mail = " ".join(name.split()), "".join(mail.split())
    return f"{name} <{mail}>" if name and mail else mail or name


def _ref(folder: str) -> str:
    code, said, _ = ask(folder, "symbolic-ref", "--quiet", "HEAD")
    if code == 0:
        return said.strip()
    code, said, _ = ask(folder, "tag", "--points-at", "HEAD")
    tags = said.split() if code == 0 else []
    # Of several tags none is the one that was meant.
    return f"refs/tags/{tags[0]}" if len(tags) == 1 else ""


def _remote(folder: str) -> str:
    code, said, _ = ask(folder, "remote")
    names = said.split() if code == 0 else []
    if not names:
        return ""
    name = "origin" if "origin" in names else names[0]
    code, said, _ = ask(folder, "remote", "get-url", name)
    return said.strip() if code == 0 else ""


def _fault(folder: str, code: int, complaint: str) -> Git:
    if code < 0:
        return Git(fault="There is no git to ask.")
    if "dubious ownership" in complaint:
        path = os.path.abspath(folder)
        return Git(
            fault=f"git does not trust {path}, which belongs to another user.",
            advice=f"Tell git to: git config --global --add safe.directory {path}",
        )
    return Git(fault="This folder is in no git repository.")


def ask(folder: str, *arguments: str) -> tuple[int, str, str]:
    """Git's exit code (negative where it could not be run), what it said and what it complained."""
    import subprocess

    from tfchange.source.programs import environment, find

    program = find("git")
    if program is None:
        return -1, "", ""
    command = [program, "-C", folder, *arguments]
    quiet = environment(LC_ALL="C", GIT_TERMINAL_PROMPT="0", GIT_OPTIONAL_LOCKS="0")
    try:
        done = subprocess.run(  # noqa: S603 - a list without a shell
            command,
            env=quiet,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired):
        return -1, "", ""
    said, complaint = (text.decode(errors="replace") for text in (done.stdout, done.stderr))
    return abs(done.returncode), said, complaint
