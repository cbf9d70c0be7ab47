"""Which policies let in older clients."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfchange.rulebook.tls import allows_older_tls
from tfchange.rulebook.view import UNKNOWN

BY_AGE = [
    ["SSLv3"],
    ["TLSv1", "TLSv1_2016", "TLS_1_0", "ELBSecurityPolicy-2016-08", "ELBSecurityPolicy-FS-2018-06",
     "ELBSecurityPolicy-TLS13-1-0-2021-06", "Policy-Min-TLS-1-0-2019-07", "1.0"],
    ["TLSv1.1_2016", "ELBSecurityPolicy-TLS-1-1-2017-01", "ELBSecurityPolicy-FS-1-1-2019-08"],
    ["TLSv1.2_2021", "TLS_1_2", "ELBSecurityPolicy-TLS13-1-2-Res-2021-06", "TLS1_2", "1.2",
     "ELBSecurityPolicy-FS-1-2-Res-2020-10", "Policy-Min-TLS-1-2-PFS-2023-10"],
    ["ELBSecurityPolicy-TLS13-1-3-2021-06", "TLSv1.3_2025", "1.3"],
]  # fmt: skip
AGES = [(name, age) for age, names in enumerate(BY_AGE) for name in names]


@pytest.mark.parametrize(("old", "was"), AGES)
@pytest.mark.parametrize(("new", "now"), AGES)
def test_only_an_older_version_is_older(old: str, was: int, new: str, now: int) -> None:
    """The names of one version are no change, and a newer one lets nobody else in."""
    assert allows_older_tls(old, new) is (now < was)


@given(st.sampled_from([None, "", UNKNOWN, "MyPolicy", 12, ["1.2"]]), st.sampled_from(AGES))
def test_what_says_nothing_is_never_older(odd: object, named: tuple[str, int]) -> None:
    """A policy that is not known is no finding."""
    assert not allows_older_tls(odd, named[0])
    assert not allows_older_tls(named[0], odd)
