"""Dropping a sound file: what is said without a model of sound, and the picture of a spectrogram."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from streamlit.testing.v1 import AppTest

from tagviz.ui import pages
from tagviz.ui.recommend import sound_file
from tests.ui.screen import texts


def test_without_a_model_of_sound_the_page_says_how_to_get_one(app: Callable[..., AppTest]) -> None:
    test = app(pages.RECOMMEND.path)
    test.session_state["sound-open"] = True
    test.run()
    assert not test.exception
    assert "No model of this corpus knows how its songs sound" in texts(test)


def test_the_picture_shows_loud_sounds_light_and_low_ones_at_the_bottom() -> None:
    spectrogram = np.zeros((48, 300), dtype=np.float32)
    spectrogram[:4, 150:] = 2.0
    picture = sound_file.picture(spectrogram)
    assert picture.shape == (sound_file.PICTURE_PX[1], sound_file.PICTURE_PX[0])
    assert picture[-1, -1] == 255
    assert picture[-1, 0] == picture[0, -1] == 0
    assert sound_file.picture(spectrogram[:, :64]).shape == picture.shape
