"""Names and units of numbers."""

from __future__ import annotations

import pytest

from tagviz.features import mel
from tagviz.ui.components import feature_names


@pytest.mark.parametrize(
    ("column", "label"),
    [
        ("mean0", "level at 60 Hz, beside the song's mean"),
        ("p90.47", "loud moments at 7,510 Hz"),
        ("rhythm0", "rhythm at 286 beats a minute"),
        ("cepstrum0", "dark rather than bright"),
        ("cepstrum3", "shape of the spectrum, 4"),
        ("cepstrum.spread0", "changes of the shape of the spectrum, 1"),
        ("modulation0.1", "slow changes at 150 Hz, 0.5 a second"),
        ("level", "mean level"),
        ("else", "else"),
    ],
)
def test_numbers_of_spectrograms_are_explained(column: str, label: str) -> None:
    assert feature_names.label_of(column, mel.SOURCE) == label


def test_every_number_has_a_name_of_its_own() -> None:
    names = [feature_names.label_of(column, mel.SOURCE) for column in mel.columns()]
    assert len(set(names)) == len(names) == 417
    assert not set(names) & set(mel.columns())


def test_other_numbers_keep_their_names_and_have_units() -> None:
    assert feature_names.label_of("mean0", "table") == "mean0"
    assert feature_names.unit_of("tempo") == "beats a minute"
    assert feature_names.unit_of("spectral_centroid_mean") == "Hz"
    assert feature_names.unit_of("spectral_centroid_var") == ""
    assert feature_names.unit_of("energy") == ""
