"""What all visitors share is computed once, also while several ask for it."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tagviz.ui.shared_cache import clear_all, shared


class Left(BaseException):
    """As Streamlit stops a page that is left."""


def test_the_same_question_at_the_same_moment_is_answered_once() -> None:
    asked = []
    may_answer = threading.Event()

    @shared(10)
    def answer(question: str) -> list[str]:
        asked.append(question)
        assert may_answer.wait(10)
        return [question]

    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(answer, question) for question in ("jazz", "jazz", "rock", "jazz")]
        while len(asked) < 2:
            time.sleep(0.001)
        may_answer.set()
        got = [one.result(10) for one in answers]
    assert sorted(asked) == ["jazz", "rock"]
    assert got[0] is got[1] is got[3]
    assert answer("jazz") is got[0]


def test_the_least_recently_used_result_goes_first() -> None:
    asked = []

    @shared(2)
    def answer(question: str, n: int = 1) -> str:
        asked.append((question, n))
        return question * n

    for question in ("a", "b", "a", "c", "a", "b"):
        answer(question)
    assert [question for question, _ in asked] == ["a", "b", "c", "b"]
    assert answer("b", n=2) == "bb"
    answer.clear()
    answer("b", n=2)
    clear_all()
    answer("b", n=2)
    assert asked[-3:] == [("b", 2)] * 3


def test_a_result_is_valid_for_some_seconds() -> None:
    asked = []

    @shared(2, ttl=0.05)
    def answer() -> int:
        asked.append(1)
        return len(asked)

    assert (answer(), answer()) == (1, 1)
    time.sleep(0.06)
    assert answer() == 2


def test_an_error_is_not_kept_and_reaches_all_who_waited() -> None:
    tried = []
    may_fail = threading.Event()

    @shared(2)
    def fail(question: str) -> str:
        tried.append(question)
        assert may_fail.wait(10)
        raise ValueError(question)

    with ThreadPoolExecutor(2) as pool:
        answers = [pool.submit(fail, "jazz") for _ in range(2)]
        time.sleep(0.02)
        may_fail.set()
        for one in answers:
            with pytest.raises(ValueError, match="jazz"):
                one.result(10)
    with pytest.raises(ValueError, match="jazz"):
        fail("jazz")
    assert len(tried) >= 2


def test_who_waits_for_a_page_that_is_left_computes_it_alone() -> None:
    began, may_leave = threading.Event(), threading.Event()
    tried = []

    @shared(2)
    def answer() -> str:
        tried.append(1)
        if len(tried) == 1:
            began.set()
            assert may_leave.wait(10)
            raise Left
        return "answer"

    with ThreadPoolExecutor(2) as pool:
        left = pool.submit(answer)
        assert began.wait(10)
        waiting = pool.submit(answer)
        time.sleep(0.02)
        may_leave.set()
        assert waiting.result(10) == "answer"
        with pytest.raises(Left):
            left.result(10)
