"""How the demo's songs sound: spectrograms that follow genre, mood and artist with noise, and simple melodies.

They are made like those of `generate_mel`, but follow moods too, and are as loud as real recordings.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tagviz.sources.demo.catalogue import Catalogue, make_catalogue
from tagviz.sources.demo.taxonomy import Taxonomy, read_taxonomy
from tagviz.sources.generate_mel import ARTIST, BANDS, DETAIL, GENRE, SONG, drawn, random_of, smooth
from tagviz.types import Floats

LEVEL, FALL = 3.6, 30
"""Level of the lowest band, and bands in which it falls by one: about the spectrum of recorded music."""
MOOD = 0.2
"""How far the spectra of moods lie apart."""
LOUDNESS = 0.12
"""How far songs and moods differ in loudness."""
TEXTURE, NOISE = 0.1, 0.15
"""How far neighbouring bands of a song differ, and how much its bands change from frame to frame, by the median."""
SCALES = ((0, 2, 4, 7, 9), (0, 3, 5, 7, 10))
"""Pentatonic major and minor, in semitones."""
HARMONICS = 16
FAMILY_KIND, GENRE_KIND, ARTIST_KIND, SONG_KIND, MOOD_KIND, MELODY_KIND = range(1, 7)
"""What the randomness of `random_of` is for."""


@dataclass(frozen=True, eq=False)
class DemoSounds:
    """The sounds of the demo's songs.

    Attributes:
        taxonomy: Concepts.
        catalogue: Artists and songs.
        seed: Seed of everything.
    """

    taxonomy: Taxonomy
    catalogue: Catalogue
    seed: int

    @classmethod
    def of(cls, seed: int) -> DemoSounds:
        """Return the sounds of the demo that `demo.generate` makes with a seed."""
        taxonomy = read_taxonomy()
        return cls(taxonomy, make_catalogue(taxonomy, np.random.default_rng(seed)), seed)

    def __len__(self) -> int:
        """Return the number of songs."""
        return len(self.catalogue.songs)

    def spectrogram(self, song: int, frames: int) -> Floats:
        """Return float32 (48, frames), low bands first, log10(1 + 10,000·power).

        Args:
            song: Row of the catalogue; its id in the corpus is one more.
            frames: Number of frames, 62.5 a second.
        """
        genre, family = self.genre(song), self._family(song)
        own, mood = self._random(SONG_KIND, song), self._mood(song)
        kin, style = self._random(FAMILY_KIND, family), self._random(GENRE_KIND, genre)
        artist = self._random(ARTIST_KIND, int(self.catalogue.songs["artist"].iloc[song]))
        spectrum = LEVEL - np.arange(BANDS) / FALL + GENRE * smooth(kin) + DETAIL * smooth(style)
        spectrum = spectrum + ARTIST * smooth(artist) + MOOD * mood[0] + SONG * smooth(own)
        spectrum = spectrum + LOUDNESS * (mood[1] + own.normal())
        spectrum = spectrum + TEXTURE * own.normal(size=BANDS)
        noise = NOISE * np.exp(0.3 * style.normal() + 0.3 * own.normal())
        tempo = kin.uniform(1.0, 3.0) * np.exp(0.1 * own.normal() + 0.1 * mood[2])
        depth = np.clip(0.4 + 0.15 * style.normal() + 0.1 * own.normal(), 0.05, 1.0)
        return drawn(spectrum, float(tempo), float(depth), frames, own, float(noise))

    def melody(self, song: int, samples: int, rate: int) -> Floats:
        """Return float32 (samples,): notes of a scale over a bass and a little noise, flat in its spectrum.

        Args:
            song: Row of the catalogue.
            samples: Length.
            rate: Samples a second.
        """
        random = self._random(MELODY_KIND, song)
        time = np.arange(samples) / rate
        scale = SCALES[int(random.integers(len(SCALES)))]
        root = 110 * 2 ** (random.integers(12) / 12)
        length = random.choice([0.2, 0.25, 0.3333, 0.4])
        steps = np.cumsum(random.integers(-2, 3, size=int(time[-1] / length) + 1)) % (2 * len(scale))
        semitones = np.array([scale[step % len(scale)] + 12 * (step // len(scale)) for step in steps])
        hertz = root * 2 ** (1 + semitones[(time / length).astype(int)] / 12)
        sound = 0.25 * random.normal(size=samples)
        for pitch in (hertz, np.full(samples, root)):
            phase = 2 * np.pi * np.cumsum(pitch) / rate
            for harmonic in range(1, HARMONICS + 1):
                sound += np.where(harmonic * pitch < rate / 2, np.sin(harmonic * phase), 0)
        return sound.astype(np.float32)

    def genre(self, song: int) -> int:
        """Return the concept of a song's genre."""
        owner = int(self.catalogue.songs["artist"].iloc[song])
        return int(self.catalogue.artists["genre"].iloc[owner])

    def family_name(self, song: int) -> str:
        """Return the name of the family of a song's genre, such as "rock"."""
        return self.taxonomy.names[self._family(song)]

    def _family(self, song: int) -> int:
        return self.taxonomy.row[self.taxonomy.roots(self.taxonomy.names[self.genre(song)])[0]]

    @cached_property
    def _moods(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.taxonomy.of_facet("mood"))

    @cached_property
    def _of_mood(self) -> list[tuple[NDArray[np.float64], float, float]]:
        """Per mood its curve, loudness and speed."""
        each = [self._random(MOOD_KIND, int(mood)) for mood in self._moods]
        return [(smooth(random), float(random.normal()), float(random.normal())) for random in each]

    def _mood(self, song: int) -> tuple[NDArray[np.float64], float, float]:
        """Curve, loudness and speed of a song's moods, each as much as the song has of it."""
        weights = self.catalogue.profiles[song, self._moods]
        curve, loudness, speed = np.zeros(BANDS), 0.0, 0.0
        for at in np.flatnonzero(weights):
            weight, (own, loud, fast) = float(weights[at]), self._of_mood[int(at)]
            curve, loudness, speed = curve + weight * own, loudness + weight * loud, speed + weight * fast
        return curve, loudness, speed

    def _random(self, kind: int, ident: int) -> np.random.Generator:
        return random_of(self.seed, kind, ident)
