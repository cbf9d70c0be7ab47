"""The port to forges, where pull requests are reviewed, and what goes through it.

Each forge is an adapter in a module beside this one; all pass the same contract suite
(`tests/contracts/host.py`). What is common to all, such as keeping one comment and never trusting
a stranger's, stands above the port in `post.py` and `labels.py`, so that a host does small things
only. What a forge calls a merge request is a pull request here.
"""

from enum import StrEnum
from typing import Protocol

import msgspec

from tfchange.errors import AccessDeniedError, DeskError


class GoneError(DeskError):
    """What was to be changed is not there any more; nothing was written."""


class ReadOnlyError(AccessDeniedError):
    """The token is right and may not write here, as those of pull requests from forks."""


class Dialect(StrEnum):
    """What the Markdown of a forge reads beside what all of them read."""

    GITHUB = "github"
    """HTML, pictures by Mermaid; `@name` and `#12` refer to something."""
    GITLAB = "gitlab"
    """The same, and `!12`, `~label`, `%milestone`, `$12`, `&12` refer; a `/` at the start of a line
    is a command. https://docs.gitlab.com/user/markdown/#gitlab-specific-references"""
    AZURE = "azure"
    """HTML, no pictures; `#12` and `!12` refer, also before HTML is looked at."""
    BITBUCKET = "bitbucket"
    """Neither HTML nor its entities nor pictures."""


class Comment(msgspec.Struct, frozen=True):
    """A comment on the pull request as it stands there."""

    id: str
    """What the forge calls it in its addresses; opaque to everybody else."""
    author: str
    """Who wrote it, in the form of `Host.me`."""
    text: str
    url: str = ""
    handle: str = ""
    """A second name, for forges that hide comments by another one; `""` where there is none."""


class Pull(msgspec.Struct, frozen=True):
    """A pull request as the forge names it."""

    number: int
    url: str = ""


class Label(msgspec.Struct, frozen=True):
    """A label of pull requests."""

    name: str
    colour: str
    """Six hex digits."""
    description: str = ""
    """At most 100 characters."""


class Conclusion(StrEnum):
    """How a check ended."""

    SUCCESS = "success"
    NEUTRAL = "neutral"
    """Nothing to hold against it, and people have to look."""
    FAILURE = "failure"


class Annotation(msgspec.Struct, frozen=True):
    """A sentence beside a line of a file."""

    path: str
    """From the root of the repository."""
    line: int
    severity: str
    """`low` to `critical`."""
    title: str
    message: str


class Check(msgspec.Struct, frozen=True):
    """What a commit is told to be, by one name."""

    name: str
    sha: str
    conclusion: Conclusion
    title: str
    """One line."""
    summary: str
    """Markdown."""
    annotations: tuple[Annotation, ...] = ()
    url: str = ""
    """Where there is more to read."""


READS = frozenset({"me", "head", "hidden", "comments", "labels"})
"""The calls that write nothing."""


class Host(Protocol):
    """What tfchange needs of a forge, for one pull request.

    Every call may raise `DeskError`: `ReadOnlyError` where the token may not write,
    `AccessDeniedError` for other trouble with credentials, `UnreachableError` where certainly
    nothing was written, `OutcomeUnknownError` where a write was sent and no answer came. No call
    repeats such a write; that is decided above.
    """

    name: str
    """Such as `GitHub`, for sentences."""
    limit: int
    """The most characters of a comment."""
    dialect: Dialect
    labelled: bool
    """Whether its pull requests can have labels at all."""

    def me(self) -> str:
        """Whose token it is, as authors of comments are called; no two accounts share it.

        `""` as long as the forge has not said: some tell it only to those who write.
        """
        ...

    def head(self) -> str:
        """The commit that the pull request asks to merge."""
        ...

    def hidden(self, line: str) -> str:
        """The line as it can stand first in a comment without being shown."""
        ...

    def comments(self) -> tuple[Comment, ...]:
        """All comments of the pull request, oldest first, whoever wrote them."""
        ...

    def create(self, text: str) -> Comment:
        """A new comment is there."""
        ...

    def update(self, comment: Comment, text: str) -> None:
        """The comment says the text. Raises `GoneError` where somebody has deleted it."""
        ...

    def delete(self, comment: Comment) -> None:
        """The comment is gone, also where it was before."""
        ...

    def minimise(self, comment: Comment) -> bool:
        """The comment is folded away as outdated; False where the forge cannot do that."""
        ...

    def labels(self) -> tuple[str, ...]:
        """The names of the labels of the pull request."""
        ...

    def label(self, label: Label) -> None:
        """The pull request has the label, which is made where there is none of that name."""
        ...

    def unlabel(self, name: str) -> None:
        """The pull request does not have the label, also where it did not before."""
        ...

    def check(self, check: Check) -> tuple[str, ...]:
        """The commit shows the check; returns what of it was not taken, as finished sentences."""
        ...
