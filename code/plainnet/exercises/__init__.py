"""Exercises that answer: `check`, `hint` and `solution`.

One module a chapter holds its exercises; what they return shows itself, in
a notebook as a box and in a terminal as text.
"""

import importlib
import inspect
import re
from collections import Counter
from typing import Any

from plainnet.exercises._core import (
    OPEN,
    RIGHT,
    WRONG,
    Exercise,
    Reply,
)

__all__ = ["check", "hint", "solution"]

CHAPTERS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)
_hints_given: Counter[str] = Counter()


def check(number: str, answer: Any) -> Reply:
    """Say whether an answer is right, and if not, where it goes wrong.

    Parameters
    ----------
    number : str
        The exercise's number, such as "7.2".
    answer : object
        What the exercise asks for: a number, a list, or a function.

    Raises
    ------
    ValueError
        If there is no such exercise.
    """
    exercise = _find(number)
    if exercise.unwritten(answer):
        return Reply(number, OPEN, exercise.start)
    fault = exercise.fault(answer)
    return Reply(number, WRONG if fault else RIGHT, fault or exercise.praise())


def hint(number: str) -> Reply:
    """Give the next hint to an exercise; the last one is repeated."""
    hints = _find(number).hints
    given = min(_hints_given[number], len(hints) - 1)
    _hints_given[number] += 1
    verdict = f"Hint {given + 1} of {len(hints)}"
    return Reply(number, verdict, hints[given])


def solution(number: str) -> Reply:
    """Show the code of an exercise's published solution."""
    exercise = _find(number)
    code = inspect.getsource(exercise.solution)
    return Reply(number, "Solution", exercise.title, code)


def _exercises(chapter: int) -> dict[str, Exercise]:
    """Return the exercises of a chapter by number."""
    module = importlib.import_module(
        f"plainnet.exercises.chapter_{chapter:02d}"
    )
    return {
        f"{chapter}.{i}": exercise
        for i, exercise in enumerate(module.EXERCISES, 1)
    }


def _find(number: str) -> Exercise:
    parts = re.fullmatch(r"(\d+)\.(\d+)", str(number))
    if parts is None or int(parts[1]) not in CHAPTERS:
        raise ValueError(
            f"number must be a chapter of {CHAPTERS} and an exercise, such as "
            f'"7.2", got {number!r}'
        )
    there = _exercises(int(parts[1]))
    if parts[0] not in there:
        raise ValueError(
            f"number must be one of {', '.join(there)}, got {number!r}"
        )
    return there[parts[0]]
