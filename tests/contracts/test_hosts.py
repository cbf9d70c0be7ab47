"""GitHub, and the forge in memory, keep the contract of all forges."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contracts.host import HostContract
from tests.review.fake import TOKEN, GitHubFake
from tests.review.memory import STRANGER, MemoryHost
from tests.review.records import ANN, ROBOT
from tests.review.records import STRANGER as MALLORY
from tfchange.review.github import connect
from tfchange.review.github_api import GitHubConfig
from tfchange.review.host import Host, Label


class MemoryForge:
    """People at the forge in memory."""

    def __init__(self) -> None:
        self.memory = MemoryHost()
        self.host: Host = self.memory

    def texts(self) -> list[str]:
        """All."""
        return [each.text for each in self.memory.kept]

    def shown(self) -> list[str]:
        """Those not folded."""
        return [each.text for each in self.memory.kept if each.id not in self.memory.hidden_ones]

    def write(self, text: str) -> None:
        """By a stranger."""
        self.memory.write(STRANGER, text)

    def remove(self, text: str) -> None:
        """Those with the text."""
        self.memory.kept = [each for each in self.memory.kept if text not in each.text]

    def worn(self) -> set[str]:
        """By name."""
        return set(self.memory.worn)

    def wear(self, name: str) -> None:
        """By a stranger."""
        self.memory.worn[name] = Label(name, "ededed")

    def checked(self) -> list[tuple[str, str, int]]:
        """As they were told."""
        return [(c.name, str(c.conclusion), len(c.annotations)) for c in self.memory.checks]


class GitHubForge:
    """People at the fake GitHub."""

    def __init__(self, fake: GitHubFake, **given: Any) -> None:
        self.fake = fake
        self.pauses: list[float] = []
        config = GitHubConfig(fake.repository, fake.number, TOKEN, api=fake.base)
        self.host: Host = connect(
            config, **{"transport": fake, "pause": self.pauses.append, **given}
        )

    def texts(self) -> list[str]:
        """All."""
        return [note["body"] for note in self.fake.notes]

    def shown(self) -> list[str]:
        """Those not folded."""
        return [n["body"] for n in self.fake.notes if n["node_id"] not in self.fake.hidden]

    def write(self, text: str) -> None:
        """By a stranger."""
        self.fake.write(MALLORY, text)

    def remove(self, text: str) -> None:
        """Those with the text."""
        for note in [n for n in self.fake.notes if text in n["body"]]:
            self.fake.remove(note)

    def worn(self) -> set[str]:
        """By name."""
        return set(self.fake.worn)

    def wear(self, name: str) -> None:
        """By a stranger."""
        self.fake.wear(name)

    def checked(self) -> list[tuple[str, str, int]]:
        """Check runs."""
        assert all(
            run["output"]["annotations_count"] == len(self.fake.annotations[run["id"]])
            for run in self.fake.runs
        )
        return [
            (run["name"], run["conclusion"], run["output"]["annotations_count"])
            for run in self.fake.runs
        ]


class TestMemory(HostContract):
    """The forge that other tests use."""

    @pytest.fixture
    def forge(self) -> MemoryForge:
        """A fresh pull request."""
        return MemoryForge()


class TestGitHub(HostContract):
    """GitHub, by the token of a workflow."""

    account = ROBOT

    @pytest.fixture
    def forge(self) -> Iterator[GitHubForge]:
        """A fresh pull request; nothing may be asked of it that GitHub does not describe."""
        forge = GitHubForge(GitHubFake(self.account))
        yield forge
        assert forge.fake.breaches == []
        assert forge.pauses == []


class TestGitHubByPerson(TestGitHub):
    """GitHub, by the token of a person."""

    account = ANN
