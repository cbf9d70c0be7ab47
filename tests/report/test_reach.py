"""The tree of what is reached, cut to what a page holds."""

from hypothesis import given
from hypothesis import strategies as st

from tfchange.plan.address import block_of
from tfchange.report.reach import tree
from tfchange.risk.assessment import Hop, Reached

steps = st.lists(st.sampled_from(["x.a", "x.b", "x.c[0]", "x.c[1]"]), min_size=1, max_size=3)


def reached(chain: list[str], via: str, changed: bool) -> Reached:
    hops = (Hop("x.origin"), *[Hop(address, via) for address in chain])
    return Reached(chain[-1], "x", len(chain), hops, changed)


some = st.lists(
    st.builds(reached, steps, st.sampled_from(["reference", "state"]), st.booleans()), max_size=12
)


@given(some, st.integers(0, 5))
def test_a_cut_tree_counts_all_that_it_leaves_out(found: list[Reached], most: int) -> None:
    """The first groups are shown with all their members; members of other groups are hidden."""
    groups: dict[object, list[Reached]] = {}
    for r in [*(r for r in found if not r.changed), *(r for r in found if r.changed)]:
        way = (r.chain[-2].address, r.chain[-1].via, r.distance, block_of(r.address))
        groups.setdefault(way, []).append(r)
    shown = list(groups.values())[:most]
    items, hidden = tree(found, most)
    assert hidden == len(found) - sum(map(len, shown))
    more = sorted(f"and {len(g) - 1} more" for g in shown if len(g) > 1)
    said = (item.aside.partition(" instance")[0] for item in items)
    assert {s for s in said if s.startswith("and")} <= set(more)
    assert {r.address for group in shown for r in group[:1]} <= {item.subject for item in items}
