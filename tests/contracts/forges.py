"""People at the fakes of GitLab, Azure Repos and Bitbucket."""

from typing import Any

from tests.review import azure_fake, bitbucket_fake, gitlab_fake
from tests.review.azure_fake import AzureFake
from tests.review.bitbucket_fake import BitbucketFake
from tests.review.gitlab_fake import GitLabFake
from tfchange.review import azure, bitbucket, gitlab
from tfchange.review.host import Host

ENDS = {
    "success": "success",
    "failed": "failure",
    "succeeded": "success",
    "SUCCESSFUL": "success",
    "FAILED": "failure",
}


class GitLabForge:
    """People at the fake GitLab, which notes things itself."""

    def __init__(self, **given: Any) -> None:
        self.fake, self.pauses = GitLabFake(), list[float]()
        config = gitlab.GitLabConfig(
            self.fake.project, self.fake.number, gitlab_fake.TOKEN, self.fake.url,
            "https://gitlab.test/acme/shop/-/merge_requests/12",
        )  # fmt: skip
        self.host: Host = gitlab.connect(
            config, **{"transport": self.fake, "pause": self.pauses.append, **given}
        )

    def texts(self) -> list[str]:
        """All of people."""
        return [note["body"] for note in self.fake.notes if not note["system"]]

    shown = texts

    def write(self, text: str) -> None:
        """By a stranger; GitLab notes that something happened."""
        self.fake.write(gitlab_fake.STRANGER, text)
        self.fake.write(gitlab_fake.ME, "added 1 commit", system=True)

    def remove(self, text: str) -> None:
        """Those with the text."""
        self.fake.notes = [note for note in self.fake.notes if text not in note["body"]]

    def worn(self) -> set[str]:
        """By name."""
        return set(self.fake.worn)

    def wear(self, name: str) -> None:
        """By a stranger."""
        self.fake.worn.append(name)

    def checked(self) -> list[tuple[str, str, int]]:
        """Statuses."""
        return [(each["name"], ENDS[each["state"]], 0) for each in self.fake.statuses]


class AzureForge:
    """People at the fake Azure Repos."""

    def __init__(self, **given: Any) -> None:
        self.fake, self.pauses = AzureFake(), list[float]()
        config = azure.AzureConfig(
            f"{self.fake.url}/", "shop floor", "shop", self.fake.number, azure_fake.TOKEN,
            "https://dev.azure.test/acme/shop%20floor/_git/shop/pullrequest/12",
        )  # fmt: skip
        self.host: Host = azure.connect(
            config, **{"transport": self.fake, "pause": self.pauses.append, **given}
        )

    def _kept(self) -> list[azure_fake.Json]:
        comments = [each for thread in self.fake.threads for each in thread["comments"]]
        return [c for c in comments if not c.get("isDeleted") and c["commentType"] == "text"]

    def texts(self) -> list[str]:
        """All of people."""
        return [each["content"] for each in self._kept()]

    shown = texts

    def write(self, text: str) -> None:
        """By a stranger; Azure notes that something happened."""
        self.fake.write(azure_fake.STRANGER, text)
        self.fake.write(azure_fake.ME, "The reference was updated.", "system")

    def remove(self, text: str) -> None:
        """Those with the text."""
        for each in [each for each in self._kept() if text in each["content"]]:
            self.fake.remove(each)

    def worn(self) -> set[str]:
        """By name."""
        return {each["name"] for each in self.fake.worn}

    def wear(self, name: str) -> None:
        """By a stranger."""
        self.fake.wear(name)

    def checked(self) -> list[tuple[str, str, int]]:
        """Statuses."""
        return [(each["context"]["name"], ENDS[each["state"]], 0) for each in self.fake.statuses]


class BitbucketForge:
    """People at the fake Bitbucket."""

    def __init__(self, *, person: bool = False, **given: Any) -> None:
        self.fake, self.pauses = BitbucketFake(person=person), list[float]()
        config = bitbucket.BitbucketConfig(
            "acme", "shop", self.fake.number, bitbucket_fake.TOKEN, self.fake.url
        )
        self.host: Host = bitbucket.connect(
            config, **{"transport": self.fake, "pause": self.pauses.append, **given}
        )

    def texts(self) -> list[str]:
        """All that are not deleted."""
        return [note["content"]["raw"] for note in self.fake.notes if not note["deleted"]]

    shown = texts

    def write(self, text: str) -> None:
        """By a stranger."""
        self.fake.write(bitbucket_fake.STRANGER, text)

    def remove(self, text: str) -> None:
        """Those with the text."""
        for note in [n for n in self.fake.notes if text in n["content"]["raw"]]:
            self.fake.remove(note)

    def worn(self) -> set[str]:
        """There are none."""
        return set()

    def wear(self, name: str) -> None:
        """It cannot be done."""

    def checked(self) -> list[tuple[str, str, int]]:
        """Build statuses, which agree with the reports."""
        assert self.fake.builds.keys() == self.fake.reports.keys()
        passed = {"SUCCESSFUL": "PASSED", "FAILED": "FAILED"}
        for key, build in self.fake.builds.items():
            assert self.fake.reports[key]["result"] == passed[build["state"]]
        return [
            (build["name"], ENDS[build["state"]], len(self.fake.annotations[key]))
            for key, build in self.fake.builds.items()
        ]
