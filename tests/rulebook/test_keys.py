"""Names of encryption keys: what is the same key, and what nobody can tell."""

import pytest

from tfchange.rulebook.keys import is_other_key
from tfchange.rulebook.view import UNKNOWN

ID, OTHER = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
ARN = f"arn:aws:kms:eu-west-1:111111111111:key/{ID}"


@pytest.mark.parametrize("same", [ID, ARN, ARN.replace("key/", "alias/"), "alias/app"])
def test_a_key_is_no_other_key_than_itself(same: str) -> None:
    """However it is named."""
    assert not is_other_key(same, same)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (ID, OTHER, True),
        (ID, ARN, False),
        (OTHER, ARN, True),
        (ARN, ARN.replace(ID, OTHER), True),
        (ARN, ARN.replace("eu-west-1", "eu-west-2"), True),
        ("alias/app", "alias/shop", True),
        ("alias/app", "arn:aws:kms:eu-west-1:111111111111:alias/app", False),
        ("alias/app", ARN, False),
        (ARN, UNKNOWN, False),
        (ARN, "(sensitive)", False),
        (None, ARN, False),
        (ARN, "", False),
    ],
)
def test_two_names_are_compared_where_they_can_be(
    old: str | None, new: str | None, expected: bool
) -> None:
    """By id or ARN, or by alias, in both directions alike."""
    assert is_other_key(old, new) is expected
    assert is_other_key(new, old) is expected
