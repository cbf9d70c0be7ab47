"""A forge that is looked at and not touched, for rehearsals."""

from functools import cached_property
from typing import NamedTuple

from msgspec import structs

from tfchange.review.host import Check, Comment, Dialect, Host, Label


class Noted(NamedTuple):
    """One thing that would have been written."""

    what: str
    text: str = ""
    """In Markdown."""


class Rehearsed:
    """Reads at the host behind it, of nothing where there is none; writes are kept in `calls`."""

    def __init__(self, host: Host | None) -> None:
        self._host = host
        self.name = host.name if host else "the forge"
        self.limit = host.limit if host else 65_536
        self.dialect = host.dialect if host else Dialect.GITHUB
        self.labelled = host.labelled if host else True
        self.calls: list[Noted] = []

    def me(self) -> str:
        """As the host."""
        return self._host.me() if self._host else ""

    def head(self) -> str:
        """As the host."""
        return self._host.head() if self._host else ""

    def hidden(self, line: str) -> str:
        """As the host."""
        return self._host.hidden(line) if self._host else f"<!-- {line} -->"

    def comments(self) -> tuple[Comment, ...]:
        """As the host."""
        return tuple(self._comments)

    @cached_property
    def _comments(self) -> list[Comment]:
        """As they would stand there after what was noted."""
        return list(self._host.comments()) if self._host else []

    def create(self, text: str) -> Comment:
        """Noted."""
        self.calls.append(Noted("create a comment", text))
        made = Comment("(new)", self.me(), text)
        self._comments.append(made)
        return made

    def update(self, comment: Comment, text: str) -> None:
        """Noted, unless it says so already."""
        if any(each.id == comment.id and each.text == text for each in self._comments):
            return
        self.calls.append(Noted(f"edit the comment {comment.url}", text))
        self._comments[:] = [
            structs.replace(each, text=text) if each.id == comment.id else each
            for each in self._comments
        ]

    def delete(self, comment: Comment) -> None:
        """Noted."""
        self.calls.append(Noted(f"delete the comment {comment.url}"))
        self._comments[:] = [each for each in self._comments if each.id != comment.id]

    def minimise(self, comment: Comment) -> bool:
        """Noted."""
        self.calls.append(Noted(f"fold away the comment {comment.url}"))
        return True

    def labels(self) -> tuple[str, ...]:
        """As the host."""
        return self._host.labels() if self._host else ()

    def label(self, label: Label) -> None:
        """Noted."""
        self.calls.append(Noted(f"add the label {label.name}"))

    def unlabel(self, name: str) -> None:
        """Noted."""
        self.calls.append(Noted(f"remove the label {name}"))

    def check(self, check: Check) -> tuple[str, ...]:
        """Noted."""
        number = len(check.annotations)
        said = f"{check.name}: {check.conclusion}, {check.title}, {number} annotations"
        self.calls.append(Noted(f"check the commit {check.sha[:12]}", said))
        return ()
