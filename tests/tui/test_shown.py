"""The spliced list against a plain one, and what a splice costs."""

from hypothesis import given
from hypothesis import strategies as st

from argotui.tui.shown import BLOCK, Shown


class One:
    def __init__(self, name):
        self.name = name
        self.block = None


splices = st.lists(
    st.tuples(st.booleans(), st.integers(0, 10_000), st.integers(1, 700)), max_size=25
)


@given(splices)
def test_it_holds_what_a_list_would(steps):
    shown, plain, made = Shown(), [], 0
    for inserts, where, count in steps:
        where %= len(plain) + 1
        if inserts:
            members = [One(made + number) for number in range(count)]
            made += count
            shown.insert(where, members)
            plain[where:where] = members
        elif where < len(plain):
            gone = plain[where : where + count]
            shown.remove(where, count)
            del plain[where : where + count]
            assert all(member.block is None for member in gone)
    assert list(shown) == plain
    assert len(shown) == len(plain)
    for at in range(0, len(plain), 97):
        assert shown[at] is plain[at]
        assert shown.index(plain[at]) == at
    assert shown.window(3, 50) == plain[3:53]


def test_an_insertion_moves_no_more_in_a_long_list_than_a_few_blocks():
    shown = Shown()
    shown.replace(One(number) for number in range(50_000))
    before = shown.moved
    for number in range(100):
        shown.insert(number * 499, [One(-number)])
    assert (shown.moved - before) / 100 < 3 * BLOCK + 50_000 / BLOCK


def test_a_member_that_is_not_in_it_has_no_index():
    shown = Shown()
    shown.replace([One(1)])
    assert shown.index(One(2)) == -1
