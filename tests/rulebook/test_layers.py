"""Layers: a lower one may add and raise, never lower."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rulebook.layer import rule, write
from tfchange.errors import RulebookError
from tfchange.rulebook.load import load
from tfchange.rulebook.rise import SEVERITIES
from tfchange.rulebook.rule import Rulebook


def one(rulebook: Rulebook, id_: str) -> tuple[str, int, tuple[str, ...]]:
    """Severity, points and approvers of a rule."""
    (found,) = (r for r in rulebook.rules if r.id == id_)
    return found.severity, found.points, found.approvers


def faults(*layers: str) -> str:
    """What is wrong with these layers."""
    with pytest.raises(RulebookError) as caught:
        load(layers)
    return caught.value.message


def test_a_layer_adds_and_raises(tmp_path: Path) -> None:
    """New rules, traits, groups and names come in, and what is there becomes stricter."""
    layer = write(
        tmp_path,
        risk__of_ours=rule("of-ours") + "approvers: [platform]\n",
        risk__dns_changed="id: dns-changed\nseverity: high\napprovers: [platform]\n",
        traits__ours="""
            names: {payment: Moves money.}
            types:
              acme_ledger: {traits: [payment, database], loses_data: true}
              aws_sqs_queue: {traits: [payment]}
        """,
        envelopes__tags_only="id: tags-only\nmax_changes: 5\n",
        itil__ours="""
            name: acme
            levels: {high: {at: 40, approvals: [platform], lead_days: 7}}
            groups: {platform: The platform team}
            environments: {production: [paris], development: [garage]}
            weights: {action.delete: 9}
        """,
    )
    rulebook = load([layer])
    assert one(rulebook, "of-ours")[2] == ("platform",)
    assert one(rulebook, "dns-changed") == ("high", 25, ("network", "platform"))
    assert rulebook.traits["acme_ledger"].loses_data
    assert set(rulebook.traits["aws_sqs_queue"].traits) == {"messaging", "payment"}
    assert rulebook.traits["aws_sqs_queue"].loses_data
    assert next(e for e in rulebook.envelopes if e.id == "tags-only").max_changes == 5
    assert rulebook.policy.name == rulebook.name == "acme"
    assert rulebook.policy.levels["high"].at == 40
    assert rulebook.policy.levels["high"].approvals[-1] == "platform"
    assert [rulebook.policy.levels[name].lead_days for name in ("medium", "high")] == [1, 7]
    assert "garage" in rulebook.policy.environments["development"]
    assert rulebook.policy.weights["action.delete"] == 9


def test_types_that_share_facts_stand_together(tmp_path: Path) -> None:
    """A family gives its facts to each of its types, and makes them richer in a lower layer."""
    layer = write(
        tmp_path,
        traits__ours="""
            families:
              - facts: {traits: [storage], stateful: true}
                types: [acme_shelf, acme_box, aws_sqs_queue]
        """,
    )
    known = load([layer]).traits
    assert known["acme_shelf"] == known["acme_box"]
    assert known["acme_box"].stateful
    assert set(known["aws_sqs_queue"].traits) == {"messaging", "storage"}
    assert known["aws_sqs_queue"].loses_data


def test_a_type_stands_once_in_a_file(tmp_path: Path) -> None:
    """A type in two families, or in one and alone, is a fault; so is a trait without a name."""
    layer = write(
        tmp_path,
        traits__ours="""
            types: {acme_box: {traits: [storage]}}
            families:
              - facts: {traits: [storage]}
                types: [acme_shelf, acme_box]
              - facts: {traits: [furniture]}
                types: [acme_shelf]
        """,
    )
    found = faults(layer)
    assert "ours.yaml:5: the type 'acme_box' stands in another place too" in found
    assert "ours.yaml:7: the type 'acme_shelf' stands in another place too" in found
    assert "ours.yaml:6: there is no trait 'furniture'" in found


def test_a_spent_budget_blocks_more_but_never_less(tmp_path: Path) -> None:
    """A layer adds categories that a spent error budget blocks, removes none, and no emergency."""
    assert load([]).policy.spent_budget_blocks == ("normal",)
    more = write(tmp_path / "more", itil__a="name: a\nspent_budget_blocks: [standard]\n")
    assert load([more]).policy.spent_budget_blocks == ("normal", "standard")
    less = write(tmp_path / "less", itil__a="name: a\nspent_budget_blocks: []\n")
    assert load([less]).policy.spent_budget_blocks == ("normal",)
    worse = write(tmp_path / "worse", itil__a="name: a\nspent_budget_blocks: [emergency]\n")
    assert "'emergency' is not one of standard, normal" in faults(worse)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"risk__dns_changed": "id: dns-changed\nseverity: low\n"}, "severity medium"),
        ({"risk__dns_changed": "id: dns-changed\npoints: 1\n"}, "25 points"),
        ({"risk__dns_changed": "id: dns-changed\nwhen: {reach: 9}\n"}, "unknown key 'when'"),
        ({"envelopes__tags_only": "id: tags-only\nmax_score: 99\n"}, "max_score 19"),
        ({"envelopes__new_in_nonproduction": "id: new-in-nonproduction\n"
          "environments: [production]\n"}, "environments staging"),
        ({"itil__p": "name: p\nlevels: {high: {at: 51}}\n"}, "a threshold of 50"),
        ({"itil__p": "name: p\nlevels: {high: {lead_days: 2}}\n"}, "a lead time of 3 working days"),
        ({"itil__p": "name: p\nenvironments: {test: [prod]}\n"}, "the environment of 'prod'"),
        ({"traits__t": "types: {aws_db_instance: {traits: [], loses_data: false}}\n"},
         "loses_data true"),
        ({"traits__t": "types: {aws_db_instance: {traits: [], cosmetic: [engine]}}\n"},
         "attributes that matter"),
        ({"traits__t": "names: {dns: Something else.}\n"}, "already has a meaning"),
    ],
)  # fmt: skip
def test_a_layer_never_lowers(tmp_path: Path, files: dict[str, str], expected: str) -> None:
    """Whatever would make the judgement milder is a fault that says what stands above."""
    assert expected in faults(write(tmp_path, **files))


def test_only_the_organisation_pre_approves(tmp_path: Path) -> None:
    """An envelope and a name for a harmless environment may come from the second layer only."""
    envelope = "id: ours\ntitle: T\nwhy: W\nallow: [{actions: [update]}]\nrecord: R\n"
    policy = "name: p\nenvironments: {development: [garage]}\n"
    layer = write(tmp_path / "a", envelopes__ours=envelope, itil__p=policy)
    assert "ours" in [e.id for e in load([layer]).envelopes]
    above = write(tmp_path / "b")
    said = faults(above, layer)
    assert "only the organisation's layer may add an envelope" in said
    assert "the environment of 'garage'" in said


def test_an_id_stands_once_in_a_layer(tmp_path: Path) -> None:
    """The same rule in two folders of one layer is a fault that names both files."""
    said = faults(write(tmp_path, risk__x__twice=rule("twice"), risk__y__twice=rule("twice")))
    assert "y/twice.yaml" in said
    assert "x/twice.yaml too" in said


def test_what_a_name_pattern_guessed_stays_true_below(tmp_path: Path) -> None:
    """A lower layer's facts on a guessed type are added to the guess."""
    layer = write(tmp_path, traits__t="types: {google_storage_bucket: {traits: [glue]}}\n")
    facts = load([layer]).traits["google_storage_bucket"]
    assert set(facts.traits) == {"glue", "storage"}
    assert facts.loses_data


# Each compiles the whole rulebook anew, which takes a second.
@settings(max_examples=20)
@given(st.lists(st.tuples(st.sampled_from(SEVERITIES), st.integers(1, 50)), min_size=1, max_size=4))
def test_layers_only_rise(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[str, int]]
) -> None:
    """However many layers there are, severity and points never fall from one to the next."""
    folder = tmp_path_factory.mktemp("layers")
    layers = [write(folder / "0", risk__r=rule("r", *said[0]))]
    for i, (severity, points) in enumerate(said[1:], 1):
        text = f"id: r\nseverity: {severity}\npoints: {points}\n"
        layers.append(write(folder / str(i), risk__r=text))
    try:
        found = one(load(layers), "r")
    except RulebookError:
        assert any(
            SEVERITIES.index(b[0]) < SEVERITIES.index(a[0]) or b[1] < a[1]
            for i, b in enumerate(said) for a in said[:i]
        )  # fmt: skip
        return
    assert SEVERITIES.index(found[0]) == max(SEVERITIES.index(s) for s, _ in said)
    assert found[1] == max(points for _, points in said)
