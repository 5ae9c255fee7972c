"""Who counts as dead: whose counter stands still for a lease while we look on."""

from __future__ import annotations

from argotui.runtimes.kubernetes.leases import Leases


def test_a_counter_that_stands_still_for_a_lease_is_dead():
    leases = Leases(10.0, 5.0)
    assert leases.look({"a": 1}, 0.0) == set()
    assert leases.look({"a": 1}, 5.0) == set()
    assert leases.look({"a": 1}, 9.9) == set()
    assert leases.look({"a": 1}, 10.0) == {"a"}


def test_a_beat_begins_the_lease_anew():
    leases = Leases(10.0, 5.0)
    for now, beat in ((0, 1), (5, 1), (9, 2), (14, 2), (18, 2)):
        assert leases.look({"a": beat}, float(now)) == set()
    assert leases.look({"a": 2}, 19.0) == {"a"}
    assert leases.look({"a": 3}, 20.0) == set()


def test_a_server_that_was_away_gives_everybody_time_to_come_back():
    leases = Leases(10.0, 5.0)
    leases.look({"a": 1}, 0.0)
    assert leases.look({"a": 1}, 500.0) == set()  # nobody could renew anything meanwhile
    assert leases.look({"a": 1}, 501.0) == set()
    assert leases.look({"a": 2}, 502.0) == set()


def test_who_is_gone_is_forgotten():
    leases = Leases(10.0, 5.0)
    leases.look({"a": 1, "b": 1}, 0.0)
    for now in (5.0, 10.0):
        found = leases.look({"b": 1}, now)
    assert found == {"b"}
    assert leases.look({"a": 1, "b": 1}, 11.0) == {"b"}
