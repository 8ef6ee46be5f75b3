"""How good answers have been, in words."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tagviz.types import Expectation, Kind
from tagviz.ui.recommend.expectation import in_words


def test_a_share_is_so_many_in_ten() -> None:
    assert in_words(Expectation(0.41, 1200), Kind.SONG) == (
        "Of answers to questions like this, 4 in 10 songs were right (1,200 questions)."
    )
    assert "fewer than 1 in 10 tags" in in_words(Expectation(0.01, 1), Kind.TAG)


def _draw(share: float) -> None:
    import numpy as np

    from tagviz.types import Expectation, Kind, Ranking
    from tagviz.ui.recommend import expectation

    ranking = Ranking(Kind.SONG, (), (), np.zeros(0, dtype=np.float32), "best", expected=Expectation(share, 50))
    expectation.warn_if_poor(ranking)
    expectation.show(ranking)


def drawn(share: float) -> AppTest:
    function: Callable[[float], None] = _draw
    return AppTest.from_function(function, args=(share,)).run()


def test_only_a_poor_answer_warns() -> None:
    good, poor = drawn(0.4), drawn(0.05)
    assert not good.exception
    assert "4 in 10 songs" in good.caption[0].value
    assert not good.warning
    assert poor.warning[0].value.startswith("This answer is likely poor.")
    assert not poor.caption
