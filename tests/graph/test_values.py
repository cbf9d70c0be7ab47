"""Edges inferred from equal values: seldom, labelled, and never where more is known."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.build import change, plan
from tests.graph.small import block, drawn, module
from tfchange.graph import values
from tfchange.graph.build import build
from tfchange.graph.dependency import Edge, Via
from tfchange.plan.attributes import Attributes
from tfchange.plan.decode import decode

ROLE = {
    "id": "web-runner",
    "name": "web-runner",
    "arn": "arn:aws:iam::123456789012:role/web-runner",
}


def edges(objects: dict[str, dict[str, Any]], *blocks: dict[str, Any], **marks: Any) -> Any:
    changes = [
        change(address, ["update"], {}, after, **marks) for address, after in objects.items()
    ]
    made = plan(changes, configuration={"root_module": module(*blocks)})
    return drawn(build(made)[0])


def test_an_arn_names_its_owner_also_inside_json() -> None:
    """An ARN is enough, as a value, in a list or in a policy document, with `/*` after it."""
    policy = json.dumps({"Statement": [{"Resource": [f"{ROLE['arn']}/*"]}]})
    for held in (ROLE["arn"], [ROLE["arn"]], {"deep": [{"x": ROLE["arn"]}]}, policy):
        assert edges({"aws_x.a": {"target": held}, "aws_iam_role.r": ROLE}) == [
            "aws_x.a > aws_iam_role.r (value)"
        ]


def test_it_is_labelled_inferred() -> None:
    """Whoever reads the edge can see that it is a guess."""
    changes = [
        change("aws_x.a", ["update"], {}, {"role": "web-runner"}),
        change("aws_iam_role.r", ["update"], ROLE, ROLE),
    ]
    graph, _ = build(plan(changes))
    expected = Edge("aws_x.a", "aws_iam_role.r", Via.VALUE, inferred=True)
    assert graph.dependencies("aws_x.a") == (expected,)


def test_a_name_counts_where_the_attribute_says_what_it_names() -> None:
    """`role = "web-runner"` names the role; the same word elsewhere is a coincidence."""
    for attribute in ("role", "role_name", "roles"):
        assert edges({"aws_x.a": {attribute: "web-runner"}, "aws_iam_role.r": ROLE})
    for attribute in ("cluster", "name", "description", "comment"):
        assert edges({"aws_x.a": {attribute: "web-runner"}, "aws_iam_role.r": ROLE}) == []
    assert edges({"aws_x.a": {"tags": {"role": "web-runner"}}, "aws_iam_role.r": ROLE}) == []


def test_what_two_share_names_neither() -> None:
    """Where two resources have the same id and nothing tells them apart, there is no edge."""
    twin = {"id": "sg-0123456789abcdef0"}
    held = {"security_groups": [twin["id"]]}
    assert edges({"aws_x.a": held, "aws_security_group.g": twin}) != []
    assert (
        edges({"aws_x.a": held, "aws_security_group.g": twin, "aws_security_group.h": twin}) == []
    )
    told = edges({"aws_x.a": held, "aws_security_group.g": twin, "aws_security_group_rule.h": twin})
    assert told == ["aws_x.a > aws_security_group.g (value)"]


def test_short_and_plain_values_name_nothing() -> None:
    """Numbers, addresses and short words are equal by chance."""
    for text in ("web", "123456789012", "10.0.0.0/16"):
        assert (
            edges({"aws_x.a": {"role": text}, "aws_iam_role.r": {"id": text, "name": text}}) == []
        )


def test_what_is_known_either_way_is_not_guessed() -> None:
    """Where one depends on the other already, equal values add nothing, in either direction."""
    objects = {"aws_x.a": {"role": "web-runner"}, "aws_iam_role.r": ROLE}
    forth = [block("aws_x.a", "aws_iam_role.r"), block("aws_iam_role.r")]
    assert edges(objects, *forth) == ["aws_x.a > aws_iam_role.r"]
    back = [block("aws_x.a"), block("aws_iam_role.r", "aws_x.a")]
    assert edges(objects, *back) == ["aws_iam_role.r > aws_x.a"]


def test_masked_values_name_nothing() -> None:
    """Two masked values look alike and are not taken for equal."""
    marks = {"after_sensitive": {"id": True, "arn": True, "name": True, "role": True}}
    assert edges({"aws_x.a": {"role": ROLE["arn"]}, "aws_iam_role.r": ROLE}, **marks) == []


def test_too_many_objects_are_not_searched_and_that_is_said() -> None:
    """Beyond the limit there is a caveat instead of guesses."""
    many = [change(f"aws_x.a[{i}]", ["update"], {}, {}) for i in range(values.LIMIT + 1)]
    assert [c.kind for c in build(plan(many))[1]] == ["construct"]
    assert build(plan(many[:-1]))[1] == ()


def test_what_does_not_change_is_not_decoded() -> None:
    """Values of no-ops are left alone, which is what keeps large plans cheap."""
    quiet = change("aws_x.a", ["no-op"], {"role": ROLE["arn"]}, {"role": ROLE["arn"]})
    loud = change("aws_iam_role.r", ["update"], ROLE, ROLE)
    assert drawn(build(plan([quiet, loud]))[0]) == []
    assert drawn(build(plan([quiet, loud], drift=[quiet]))[0]) == [
        "aws_x.a > aws_iam_role.r (value)"
    ]


ids = st.sampled_from(
    ["web-0123456789abcdef", "arn:aws:s3:::logs", "arn:aws:x:::a<b", "arn:aws:x:::é", 'arn:aws:"q"']
)
documents = st.tuples(ids, st.sampled_from(["", "/*"])).map(
    lambda said: json.dumps({"Resource": ["".join(said)]})
)
mentions = ids | documents | st.lists(ids, max_size=2) | st.dictionaries(ids, ids, max_size=2)
things = st.fixed_dictionaries({"id": ids, "target": mentions}, optional={"arn": ids, "x_id": ids})


@given(st.dictionaries(st.sampled_from(["aws_x.a", "aws_y.b", "aws_z.c"]), things), st.booleans())
def test_what_may_name_another_is_told_from_how_it_is_written(
    objects: dict[str, dict[str, Any]], ascii_only: bool
) -> None:
    """Attributes that are passed over for their bytes would have named nobody."""
    changes = [change(address, ["update"], {}, after) for address, after in objects.items()]
    data = json.dumps(
        {"format_version": "1.2", "resource_changes": changes}, ensure_ascii=ascii_only
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(values, "as_written", lambda _: None)
        every = drawn(build(decode(data.encode()))[0])
    assert drawn(build(decode(data.encode()))[0]) == every


def test_most_attributes_are_not_decoded_to_look_for_names() -> None:
    """Only the three that can name a resource, and those that hold the name of another."""
    after = {"target": ROLE["arn"], "size": 3, "zone": "eu-central-1a", "note": "nothing to see"}
    made = plan([
        change("aws_x.a", ["create"], None, after),
        change("aws_iam_role.r", ["create"], None, ROLE),
    ])  # fmt: skip
    asked: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        found = Attributes.__getitem__
        patch.setattr(Attributes, "__getitem__", lambda s, n: (asked.append(n), found(s, n))[1])
        build(made)
    assert sorted(set(asked)) == ["arn", "id", "name", "target"]
