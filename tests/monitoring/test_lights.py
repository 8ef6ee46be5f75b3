"""Lights, and what they propose."""

from __future__ import annotations

from tagviz.monitoring.lights import Check, Light, Thresholds, advice, light, worst


def test_lights_and_what_they_propose() -> None:
    assert [light(v, 0.1, 0.2) for v in (0.05, 0.1, 0.2)] == [Light.GREEN, Light.AMBER, Light.RED]
    assert [light(v, 0.5, 0.25, less=True) for v in (0.6, 0.5, 0.2)] == [Light.GREEN, Light.AMBER, Light.RED]
    assert worst([Light.GREEN, Light.UNKNOWN, Light.AMBER]) is Light.AMBER
    assert worst([]) is Light.UNKNOWN
    bad = Check("new", "New tags", Light.RED, 0.5, 0.1, 0.2, "Many.")
    assert [one.act for one in advice([bad], [f"t{n}" for n in range(40)])] == ["retrain", "curate", "judge"]
    assert len(advice([bad], [f"t{n}" for n in range(40)])[1].tags) == 12
    assert advice([Check("new", "New tags", Light.GREEN, 0.0, 0.1, 0.2, "None.")], []) == []
    assert Thresholds().psi_red == 0.25
