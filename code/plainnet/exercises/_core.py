"""What an exercise is, and how an answer to it is judged.

An answer is compared with the solution's, never with a stored number. When
it is wrong it is compared with known mistakes, each with a sentence of its
own; a sentence may say what went wrong, and never what to write.
"""

import copy
import html
import inspect
import re
import textwrap
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

RIGHT, WRONG, OPEN = "Right", "Not yet right", "Not written yet"
COLORS = {RIGHT: "#009E73", WRONG: "#D55E00"}
MARKS = {RIGHT: "✓ ", WRONG: "✗ "}
SHOWN = 12  # numbers of an array that a sentence can bear


@dataclass(frozen=True)
class Reply:
    """An answer of the checker: shows itself as a box, or as plain text."""

    number: str
    verdict: str
    text: str
    code: str = ""

    @property
    def right(self) -> bool:
        """Whether the exercise is solved."""
        return self.verdict == RIGHT

    def __repr__(self) -> str:
        head = f"{MARKS.get(self.verdict, '')}{self.number} {self.verdict}"
        paragraphs = f"{head}. {self.text}".splitlines()
        lines = [textwrap.fill(part, 72) for part in paragraphs]
        return "\n".join([*lines, "", self.code] if self.code else lines)

    def _repr_html_(self) -> str:
        color = COLORS.get(self.verdict, "#0072B2")
        words = html.escape(self.text).replace("\n", "<br>")
        words = re.sub(r"`([^`]*)`", r"<code>\1</code>", words)
        code = f"<pre>{html.escape(self.code)}</pre>" if self.code else ""
        return (
            f'<div class="reply" style="border-left: 0.3em solid {color}; '
            f'padding: 0.2em 1em; margin: 0.5em 0"><strong>'
            f"{MARKS.get(self.verdict, '')}Exercise {self.number}. "
            f"{self.verdict}.</strong> {words}{code}</div>"
        )


@dataclass(frozen=True)
class Mistake:
    """A typical wrong answer, and what to say of it."""

    answer: Any
    message: str


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """What all exercises have.

    Parameters
    ----------
    title, level : str
        As on the page; the level is "easy", "medium" or "hard".
    solution : callable
        The function that the page quotes: the answer itself, or, where the
        answer is a value, a function of no arguments that returns it.
    hints : sequence of str
        Each goes one step further than the one before.
    mistakes : sequence of Mistake
        Typical wrong answers.
    """

    title: str
    level: str
    solution: Callable[..., Any]
    hints: Sequence[str]
    mistakes: Sequence[Mistake] = ()
    start: ClassVar[str] = "Put your answer in the place of None."

    def right_answer(self) -> Any:
        """Return an answer that the check must call right."""
        return self.solution()

    def unwritten(self, answer: Any) -> bool:
        """Whether the starter cell is still as it was."""
        values = answer.values() if isinstance(answer, Mapping) else answer
        many = isinstance(answer, list | tuple | Mapping)
        return answer is None or (many and any(v is None for v in values))

    def fault(self, answer: Any) -> str:
        """Say what is wrong with an answer; nothing if it is right."""
        raise NotImplementedError

    def praise(self) -> str:
        """Say what a right answer has passed."""
        return f"{self.title}: solved."


@dataclass(frozen=True, kw_only=True)
class Value(Exercise):
    """An exercise whose answer is a number or several, found by hand.

    `tolerance` is the largest difference that rounding may make.
    """

    tolerance: float = 6e-4

    def fault(self, answer: Any) -> str:
        """Compare with the solution, then with the known mistakes."""
        expected = np.asarray(self.solution(), dtype=float)
        try:
            given = np.asarray(answer, dtype=float)
        except (TypeError, ValueError):
            return f"The answer must be made of numbers, got {show(answer)}."
        if given.shape != expected.shape:
            return (
                f"The answer has {_extent(expected)}, yours "
                f"has {_extent(given)}."
            )
        off = ~(np.abs(given - expected) <= self.tolerance)
        if not off.any():
            return ""
        for mistake in self.mistakes:
            wrong = np.asarray(mistake.answer, dtype=float)
            if wrong.shape == given.shape and np.allclose(
                given, wrong, rtol=0, atol=self.tolerance
            ):
                return mistake.message
        place = tuple(int(i) for i in np.argwhere(off)[0])
        where = f" at position {list(place)}" if place else ""
        return f"{show(given[place])}{where} is not the number asked for."


@dataclass(frozen=True, kw_only=True)
class Function(Exercise):
    """An exercise whose answer is a function, tried on several inputs.

    Parameters
    ----------
    cases : sequence of tuples
        The arguments of each call. Calls get copies.
    tolerance : float
        Relative and absolute difference that rounding may make.
    quiet : bool
        Whether a warning, such as one of overflow, is a fault.
    """

    cases: Sequence[tuple[Any, ...]]
    tolerance: float = 1e-6
    quiet: bool = False
    start: ClassVar[str] = "The function returns nothing yet: write its body."

    def right_answer(self) -> Callable[..., Any]:
        """Return the solution: here it is itself the answer."""
        return self.solution

    def unwritten(self, answer: Any) -> bool:
        """Whether the function is still the one that returns None."""
        if not callable(answer):
            return super().unwritten(answer)
        kind, came = self._try(answer, self.cases[0])
        return kind == "value" and came is None

    def praise(self) -> str:
        """Say on how many inputs the answer was tried."""
        return f"It agrees with the solution on {len(self.cases)} inputs."

    def fault(self, answer: Any) -> str:
        """Find the first input on which the answer differs."""
        if not callable(answer):
            return (
                f"The answer must be a function, got {show(answer)}: give "
                "its name, without brackets behind it."
            )
        faults = (self._fault_on(case, answer) for case in self.cases)
        found = next(filter(None, faults), "")
        if not found:
            return ""
        for mistake in self.mistakes:
            if all(
                _agree(self._try(answer, case), run, self.tolerance)
                for case in self.cases
                for run in [self._try(mistake.answer, case)]
            ):
                return f"{mistake.message}\n{found}"
        return found

    def _try(self, function: Any, case: Sequence[Any]) -> tuple[str, Any]:
        return _run(function, copy.deepcopy(case), quiet=self.quiet)

    def _fault_on(self, case: Sequence[Any], answer: Any) -> str:
        inputs = f"With {self._name(case)}"
        given = copy.deepcopy(case)
        kind, came = _run(answer, given, quiet=self.quiet)
        if kind == "raised":
            return f"{inputs} your function stops with {came}."
        if _changed(case, given):
            return f"{inputs} your function changes its argument."
        if came is None:
            return f"{inputs} your function returns nothing."
        expected = self.solution(*copy.deepcopy(case))
        said = compare(expected, came, self.tolerance)
        return f"{inputs}: {said}." if said else ""

    def _name(self, case: Sequence[Any]) -> str:
        names = inspect.signature(self.solution).parameters
        pairs = zip(names, case, strict=False)
        return ", ".join(f"{name} = {show(value)}" for name, value in pairs)


@dataclass(frozen=True, kw_only=True)
class Experiment(Exercise):
    """An exercise with many right answers: `judge` says what one lacks.

    `judge` takes the answer and returns a sentence, or "" if it is right.
    """

    judge: Callable[[Any], str]

    def fault(self, answer: Any) -> str:
        """Ask the exercise's own judge."""
        kind, said = _run(self.judge, (answer,), quiet=False)
        if kind == "raised":
            return f"The answer cannot be read: {said}."
        return str(said)


def compare(expected: Any, came: Any, tolerance: float) -> str:
    """Say how a result differs from the expected one; nothing if it agrees.

    Both may be numbers, strings or arrays, or tuples, lists or dicts of
    them.
    """
    if isinstance(expected, Mapping):
        if not isinstance(came, Mapping) or set(came) != set(expected):
            return (
                f"a dict with the keys {list(expected)} was expected, "
                f"got {show(came)}"
            )
        expected, came = (
            list(expected.values()),
            [came[key] for key in expected],
        )
    if isinstance(expected, list | tuple):
        if not isinstance(came, list | tuple) or len(came) != len(expected):
            return f"{len(expected)} results were expected, got {show(came)}"
        for i, (wanted, got) in enumerate(zip(expected, came, strict=True)):
            if said := compare(wanted, got, tolerance):
                return f"result {i + 1} of {len(expected)}: {said}"
        return ""
    if isinstance(expected, str):
        equal = isinstance(came, str) and came == expected
        return "" if equal else f"expected {expected!r}, got {show(came)}"
    return _compare_numbers(np.asarray(expected), came, tolerance)


def _compare_numbers(expected: Any, came: Any, tolerance: float) -> str:
    try:
        got = np.asarray(came, dtype=float)
    except (TypeError, ValueError):
        return f"expected {_extent(expected)}, got {show(came)}"
    if got.shape != expected.shape:
        return f"expected {_extent(expected)}, got {_extent(got)}"
    wanted = expected.astype(float)
    same = np.isclose(
        got, wanted, rtol=tolerance, atol=tolerance, equal_nan=True
    )
    if same.all():
        return ""
    if wanted.size <= SHOWN:
        return f"expected {show(wanted)}, got {show(got)}"
    place = tuple(int(i) for i in np.argwhere(~same)[0])
    return (
        f"at position {list(place)} expected {show(wanted[place])}, "
        f"got {show(got[place])}"
    )


def show(value: Any) -> str:
    """Write a value as one would on paper, cut to what can be read."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if isinstance(value, np.ndarray):
        if value.size > SHOWN:
            return f"an array of shape {value.shape}"
        text = np.array2string(
            value, precision=6, separator=", ", suppress_small=True
        )
        return " ".join(text.split())
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    if isinstance(value, list | tuple):
        inner = ", ".join(show(part) for part in value)
        return f"[{inner}]" if isinstance(value, list) else f"({inner})"
    if callable(value):
        return f"the function `{getattr(value, '__name__', 'unnamed')}`"
    if isinstance(value, np.random.Generator):
        return "a generator"
    if " at 0x" in repr(value):
        return f"a {type(value).__name__}"
    return textwrap.shorten(repr(value), 60, placeholder=" …")


def _extent(array: Any) -> str:
    return "one number" if array.ndim == 0 else f"shape {array.shape}"


def _run(
    function: Callable[..., Any], case: Sequence[Any], *, quiet: bool
) -> tuple[str, Any]:
    """Call a function; say "value" and what came, or "raised" and why."""
    with warnings.catch_warnings():
        warnings.simplefilter("error" if quiet else "ignore")
        try:
            return "value", function(*case)
        except Exception as error:
            return "raised", f"{type(error).__name__}: {error}"


def _agree(one: tuple[str, Any], other: tuple[str, Any], near: float) -> bool:
    """Whether two runs gave the same, be it a result or an error."""
    if one[0] != other[0] or one[0] == "raised":
        return one == other
    return not compare(one[1], other[1], near)


def _changed(case: Sequence[Any], given: Sequence[Any]) -> bool:
    """Whether a call wrote into an array that it was given."""
    return any(
        isinstance(before, np.ndarray)
        and not np.array_equal(before, after, equal_nan=before.dtype != object)
        for before, after in zip(case, given, strict=True)
    )
