"""What pages and the panel of the map show of sound."""

from __future__ import annotations

import numpy as np

from tagviz.ui.components import sound


def test_the_picture_shows_loud_sounds_light_and_low_ones_at_the_bottom() -> None:
    spectrogram = np.zeros((48, 300), dtype=np.float32)
    spectrogram[:4, 150:] = 2.0
    picture = sound.picture(spectrogram)
    assert picture.shape == (sound.PICTURE_PX[1], sound.PICTURE_PX[0])
    assert picture[-1, -1] == 255
    assert picture[-1, 0] == picture[0, -1] == 0
    assert sound.picture(spectrogram[:, :64]).shape == picture.shape
