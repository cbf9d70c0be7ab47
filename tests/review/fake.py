"""A fake GitHub with one pull request.

It keeps what it is told, refuses what GitHub refuses beyond its description, and is judged by it.
"""

from tests.review import spec
from tests.review.records import ROBOT, Account
from tests.review.repository import NO_RIGHT, Repository
from tests.review.wire import Asked, Fake, Told, refused, serve

TOKEN = "ghs_s3cret-token-marker"  # noqa: S105  # planted, to be looked for


class GitHubFake(Repository, Fake):
    """One repository. `breaches` holds what was done against GitHub's description."""

    def __init__(self, me: Account = ROBOT, *, judged: bool = True) -> None:
        super().__init__(me)
        self.base, self._judged = spec.BASE, judged
        self.breaches: list[str] = []

    def reply(self, asked: Asked) -> Told:
        """The reply, judged."""
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return refused(401, "Bad credentials")
        if not asked.headers.get("user-agent"):
            return refused(403, "Request forbidden by administrative rules.")
        if asked.path.endswith("/graphql"):
            return self.query(asked.json)
        told = self.route(asked)
        if not self._judged or "/pulls" in asked.path:
            return told  # A pull request is described in 60 fields, of which one is read.
        self.breaches += spec.breaches(
            asked.method, asked.path, asked.query, asked.body, told.status, told.data
        )
        return told


__all__ = ["NO_RIGHT", "TOKEN", "Asked", "GitHubFake", "Told", "refused", "serve"]
