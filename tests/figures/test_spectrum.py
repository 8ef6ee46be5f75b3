"""The figure of a mean spectrum."""

from __future__ import annotations

import numpy as np
import pytest

from tagviz.figures import spectrum

HERTZ = np.geomspace(60, 7500, 48).astype(np.float32)
TEXTS = spectrum.SpectrumTexts("<b>jazz</b>", "All songs", "frequency (Hz)", "level (dB)")


@pytest.mark.parametrize("dark", [False, True])
def test_line_area_and_all_songs_are_drawn_in_decibels(dark: bool) -> None:
    own, every = np.linspace(4, 2, 48), np.full(48, 3.0)
    drawing = spectrum.spectrum(HERTZ, (own, np.full(48, 0.5)), (every, np.ones(48)), TEXTS, dark)
    low, high, common, line = drawing.data
    np.testing.assert_allclose(line.y, 10 * own)
    np.testing.assert_allclose(common.y, 30)
    np.testing.assert_allclose(np.array(high.y) - np.array(low.y), 10)
    assert line.name == "&lt;b&gt;jazz&lt;/b&gt;"
    assert drawing.layout.xaxis.type == "log"
    assert drawing.layout.yaxis.range[0] < 15
    assert drawing.layout.yaxis.range[1] > 45


def test_outstanding_bands_do_not_depend_on_the_level() -> None:
    common = np.linspace(4, 2, 48).astype(np.float32)
    own = common + 3
    own[8:13] += 1
    own[28:33] -= 1
    assert spectrum.outstanding(own, common) == (10, 30)
