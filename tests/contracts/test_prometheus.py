"""The fake and the real Prometheus keep the same contract."""

from collections.abc import Iterator

import pytest

from tests.contracts.prometheus import PrometheusContract
from tests.health.fake import Fake
from tests.health.world import CI, SERVER, asking
from tfchange.health.prometheus import Prometheus, connect


class TestFake(PrometheusContract):
    """The suite over the fake."""

    @pytest.fixture
    def prometheus(self) -> Iterator[Prometheus]:
        """The fake."""
        with asking(Fake()) as prometheus:
            yield prometheus


@pytest.mark.skipif(
    not SERVER and not CI,
    reason="TFCHANGE_TEST_PROMETHEUS names no server; .ci/prometheus starts one",
)
class TestPrometheus(PrometheusContract):
    """The suite over a real server, filled by .ci/prometheus."""

    @pytest.fixture
    def prometheus(self) -> Prometheus:
        """The server; in CI it has to be there."""
        assert SERVER, "TFCHANGE_TEST_PROMETHEUS names no server: run .ci/prometheus make test"
        return connect(SERVER)
