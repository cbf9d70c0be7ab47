"""CODEOWNERS: who owns a file, by the rules of GitHub or of GitLab.

GitHub: https://docs.github.com/repositories/managing-your-repositorys-settings-and-features/
customizing-your-repository/about-code-owners. The last line that matches counts; `!`, `[ ]` and
`\\#` mean nothing, and such a line is passed over.
GitLab: https://docs.gitlab.com/user/project/codeowners/reference. The last line of each section
counts, sections can have owners of their own, be optional (`^`), or want several approvals (`[2]`).
"""

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

import msgspec

_HEADING = re.compile(r"(\^?)\[([^\]]+)\](?:\[(\d{1,4})\])?(?:[ \t]+(.*))?")
_TOKEN = re.compile(r"(?:\\.|\S)+")
_OWNER = re.compile(r"@\S+|\S+@\S+")
_SPECIAL = "*?["


class Section(msgspec.Struct, frozen=True):
    """What a group of lines has in common; lines before any heading are one without a name."""

    name: str = ""
    optional: bool = False
    approvals: int = 1
    """How many of the owners are to approve."""
    owners: tuple[str, ...] = ()
    """Of lines that name none."""


class Line(msgspec.Struct, frozen=True):
    """One line with a pattern."""

    segments: tuple[str, ...]
    """Of the pattern, for fnmatch; `**` stands for any number of folders."""
    owners: tuple[str, ...]
    section: str
    """The name of its section, in lower case."""
    below: bool = True
    """Whether what lies below a folder that matches is meant."""
    itself: bool = True
    """Whether what matches is meant."""
    excludes: bool = False
    """Whether it takes files out of its section for good."""


class Owned(msgspec.Struct, frozen=True):
    """Who owns a file, by one section; any of them speaks for all."""

    owners: tuple[str, ...]
    section: Section


class CodeOwners(msgspec.Struct, frozen=True):
    """A whole file, read."""

    lines: tuple[Line, ...]
    sections: dict[str, Section]
    """By name in lower case."""
    skipped: tuple[int, ...] = ()
    """The numbers of the lines that mean nothing to the forge."""

    def of(self, path: str) -> tuple[Owned, ...]:
        """Who owns the file of that path from the root of its repository, section by section."""
        parts, last = path.split("/"), dict[str, Line]()
        for line in self.lines:
            before = last.get(line.section)
            if not (before and before.excludes) and matches(line, parts):
                last[line.section] = line
        return tuple(
            Owned(line.owners, self.sections[name])
            for name, line in last.items()
            if line.owners and not line.excludes
        )


def parse(text: str, *, gitlab: bool = False) -> CodeOwners:
    """The owners that the text names, by the grammar of GitHub or of GitLab; never an error."""
    lines: list[Line] = []
    sections, now, skipped = {"": Section()}, Section(), list[int]()
    for number, said in enumerate(map(str.strip, text.split("\n")), 1):
        if not said or said.startswith("#"):
            continue
        heading = _HEADING.fullmatch(said) if gitlab else None
        if heading:
            now = _section(heading, sections)
            continue
        line = _line(said, now, gitlab=gitlab)
        if line:
            lines.append(line)
        else:
            skipped.append(number)
    return CodeOwners(tuple(lines), sections, tuple(skipped))


def matches(line: Line, parts: list[str]) -> bool:
    """Whether the line means the file at that path, taken apart at its slashes."""
    places = {0}
    for segment in line.segments:
        if segment == "**":
            places = set(range(min(places), len(parts) + 1))
        else:
            on = (at for at in places if at < len(parts))
            places = {at + 1 for at in on if fnmatchcase(parts[at], segment)}
        if not places:
            return False
    whole = len(parts) in places
    return (line.itself and whole) or (line.below and min(places) < len(parts))


def _section(heading: re.Match[str], sections: dict[str, Section]) -> Section:
    """Of two with one name, both lines and owners count together; one that is wanted wins."""
    optional, name, approvals, owners = heading.groups()
    key, found = name.casefold(), tuple(_owners((owners or "").split()))
    before = sections.get(key, Section(name, True, 1))
    sections[key] = Section(
        before.name,
        before.optional and bool(optional),
        max(before.approvals, int(approvals or 1)),
        before.owners or found,
    )
    return Section(name, owners=found)


def _line(said: str, section: Section, *, gitlab: bool) -> Line | None:
    pattern, *rest = _TOKEN.findall(said)
    comment = next((i for i, word in enumerate(rest) if word.startswith("#")), len(rest))
    owners = tuple(_owners(rest[:comment])) or section.owners
    excludes = gitlab and pattern.startswith("!")
    unknown = pattern.startswith(("!", "\\#")) or "[" in pattern or "]" in pattern
    if (unknown and not gitlab) or not pattern.strip("!/"):
        return None
    plan = _for_gitlab if gitlab else _for_github
    segments, below, itself = plan(pattern[1:] if excludes else pattern)
    return Line(segments, owners, section.name.casefold(), below, itself, excludes)


def _for_github(pattern: str) -> tuple[tuple[str, ...], bool, bool]:
    """As in .gitignore: a slash anywhere but at the end ties the pattern to the root."""
    body = pattern.strip("/")
    tied = "/" in pattern.removesuffix("/")
    segments = [] if tied else ["**"]
    segments += [_escaped(each, brackets=False) for each in body.split("/") if each]
    folder = pattern.endswith("/") or segments[-1] == "**"
    # `docs/*` means the files in docs, and not those in folders there.
    return tuple(segments), not (tied and segments[-1] == "*"), not folder


def _for_gitlab(pattern: str) -> tuple[tuple[str, ...], bool, bool]:
    """Only a slash at the start ties to the root, and a folder is one that ends with a slash."""
    segments = [] if pattern.startswith("/") else ["**"]
    segments += [_escaped(each, brackets=True) for each in pattern.strip("/").split("/") if each]
    folder = pattern.endswith("/")
    return tuple(segments), folder or segments[-1] == "**", not folder


def _escaped(segment: str, *, brackets: bool) -> str:
    """The segment as fnmatch wants it, without its backslashes."""
    if segment == "**":
        return segment
    made, rest = "", iter(segment)
    for each in rest:
        literal = each == "\\"
        character = next(rest, "\\") if literal else each
        special = character in _SPECIAL and (literal or (character == "[" and not brackets))
        made += f"[{character}]" if special else character
    return made


def _owners(words: Iterable[str]) -> Iterator[str]:
    return (word for word in words if _OWNER.fullmatch(word))
