"""A forge in memory that passes the contract of all forges: fast, and with hands for tests."""

from msgspec import structs

from tfchange.review.host import Check, Comment, Dialect, GoneError, Label

ME, STRANGER = "1", "66"
HEAD = "5ca1ab1e" * 5


class MemoryHost:
    """One pull request."""

    name = "memory"
    limit = 65_536
    dialect = Dialect.GITHUB
    labelled = True

    def __init__(self) -> None:
        self.kept: list[Comment] = []
        self.hidden_ones: list[str] = []
        self.worn: dict[str, Label] = {}
        self.checks: list[Check] = []
        self.calls: list[str] = []
        self._ids = 0

    def me(self) -> str:
        """Who runs this."""
        return ME

    def head(self) -> str:
        """Of the branch."""
        return HEAD

    def hidden(self, line: str) -> str:
        """As HTML."""
        return f"<!-- {line} -->"

    def comments(self) -> tuple[Comment, ...]:
        """A copy."""
        return tuple(self.kept)

    def write(self, author: str, text: str) -> Comment:
        """Somebody comments."""
        self._ids += 1
        made = Comment(str(self._ids), author, text, f"https://memory.test/{self._ids}")
        self.kept.append(made)
        return made

    def create(self, text: str) -> Comment:
        """Kept."""
        self.calls.append("create")
        assert len(text) <= self.limit
        return self.write(ME, text)

    def update(self, comment: Comment, text: str) -> None:
        """Kept."""
        self.calls.append("update")
        assert len(text) <= self.limit
        for number, each in enumerate(self.kept):
            if each.id == comment.id:
                self.kept[number] = structs.replace(each, text=text)
                return
        raise GoneError("it is gone")

    def delete(self, comment: Comment) -> None:
        """Forgotten."""
        self.calls.append("delete")
        self.kept = [each for each in self.kept if each.id != comment.id]

    def minimise(self, comment: Comment) -> bool:
        """Noted."""
        self.calls.append("minimise")
        self.hidden_ones.append(comment.id)
        return True

    def labels(self) -> tuple[str, ...]:
        """By name."""
        return tuple(self.worn)

    def label(self, label: Label) -> None:
        """Worn."""
        self.calls.append("label")
        self.worn.setdefault(label.name, label)

    def unlabel(self, name: str) -> None:
        """Taken off."""
        self.calls.append("unlabel")
        self.worn.pop(name, None)

    def check(self, check: Check) -> tuple[str, ...]:
        """Kept."""
        self.calls.append("check")
        self.checks.append(check)
        return ()
