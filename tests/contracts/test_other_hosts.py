"""GitLab, Azure Repos and Bitbucket keep the contract of all forges."""

from collections.abc import Iterator

import pytest

from tests.contracts.forges import AzureForge, BitbucketForge, GitLabForge
from tests.contracts.host import HostContract
from tfchange.review.host import Conclusion


class TestGitLab(HostContract):
    """GitLab, by an access token of the project."""

    neutral, annotates = Conclusion.SUCCESS, False

    @pytest.fixture
    def forge(self) -> Iterator[GitLabForge]:
        """A fresh merge request; nothing is waited for, and nothing commanded."""
        forge = GitLabForge()
        yield forge
        assert forge.pauses == []
        assert forge.fake.commanded == []


class TestAzure(HostContract):
    """Azure Repos, by the token of a pipeline."""

    neutral, annotates = Conclusion.SUCCESS, False

    @pytest.fixture
    def forge(self) -> Iterator[AzureForge]:
        """A fresh pull request; nothing is waited for."""
        forge = AzureForge()
        yield forge
        assert forge.pauses == []


class TestBitbucket(HostContract):
    """Bitbucket, by an access token of the repository, which may not ask who it is."""

    neutral = Conclusion.SUCCESS
    person = False

    @pytest.fixture
    def forge(self) -> Iterator[BitbucketForge]:
        """A fresh pull request; nothing is waited for."""
        forge = BitbucketForge(person=self.person)
        yield forge
        assert forge.pauses == []


class TestBitbucketByPerson(TestBitbucket):
    """Bitbucket, by the token of a person."""

    person = True
