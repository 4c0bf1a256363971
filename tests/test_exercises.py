"""Every exercise: its solution passes, its wrong answers hear why not."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from plainnet import exercises
from plainnet.exercises import check, hint, solution
from plainnet.exercises._core import (
    OPEN,
    RIGHT,
    WRONG,
    Exercise,
    Experiment,
    Function,
    Mistake,
    Value,
    compare,
    show,
)

ALL = {
    number: exercise
    for chapter in exercises.CHAPTERS
    for number, exercise in exercises._exercises(chapter).items()
}
WRONG_ANSWERS = {
    f"{number}-{i}": (number, mistake)
    for number, exercise in ALL.items()
    for i, mistake in enumerate(exercise.mistakes, 1)
}
EACH = pytest.mark.parametrize("number", ALL)


@EACH
def test_the_published_solution_is_right(number):
    reply = check(number, ALL[number].right_answer())
    assert reply.right, reply


@pytest.mark.parametrize("name", WRONG_ANSWERS)
def test_a_typical_mistake_is_refused_with_its_message(name):
    number, mistake = WRONG_ANSWERS[name]
    reply = check(number, mistake.answer)
    assert reply.verdict == WRONG, reply
    assert mistake.message in reply.text


@EACH
def test_messages_are_different(number):
    messages = [mistake.message for mistake in ALL[number].mistakes]
    assert len(set(messages)) == len(messages)


@EACH
def test_a_code_exercise_knows_two_mistakes(number):
    least = 1 if isinstance(ALL[number], Value) else 2
    assert len(ALL[number].mistakes) >= least


@EACH
def test_an_unwritten_answer_is_called_so(number):
    assert check(number, None).verdict == OPEN
    if isinstance(ALL[number], Function):
        starter = ALL[number].solution
        count = len(inspect.signature(starter).parameters)
        names = ", ".join(f"a{i}" for i in range(count))
        empty = eval(f"lambda {names}: None")  # as on the page
        assert check(number, empty).verdict == OPEN


@EACH
@pytest.mark.parametrize(
    "answer", ["a word", 17.25, [1, "two"], len, object()]
)
def test_nonsense_is_refused_in_a_sentence(number, answer):
    reply = check(number, answer)
    assert reply.verdict == WRONG
    assert reply.text.endswith((".", ")", "]"))
    assert "Traceback" not in reply.text
    assert " at 0x" not in reply.text


def code_of(function):
    """List what a solution computes: its longer expressions, as text."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    for node in ast.walk(tree):
        value = getattr(node, "value", None)
        kinds = ast.Return | ast.Assign | ast.AugAssign
        if isinstance(node, kinds) and value is not None:
            text = ast.unparse(value)
            if re.search(r"\w+\(|[-+*/@<>]", text) and len(text) > 6:
                yield re.sub(r"\s", "", text)


@EACH
def test_no_message_gives_the_answer_away(number):
    exercise = ALL[number]
    secret = set(code_of(exercise.solution))
    texts = [mistake.message for mistake in exercise.mistakes]
    if isinstance(exercise, Value):
        for value in np.ravel(np.asarray(exercise.solution(), dtype=float)):
            if value not in (-1, 0, 1, 2):  # too common to be a secret
                digits = rf"(?<![\d.]){re.escape(f'{value:.6g}'[:5])}"
                replies = [
                    check(number, m.answer).text for m in exercise.mistakes
                ]
                for text in [*texts, *replies]:
                    assert not re.search(digits, text), text
    for text in [*texts, *exercise.hints]:
        plain = re.sub(r"\s", "", text)
        for expression in secret:
            assert expression not in plain, text


@EACH
def test_hints_go_on_and_stop_at_the_last(number):
    hints = ALL[number].hints
    assert len(hints) in (2, 3)
    exercises._hints_given.clear()
    replies = [hint(number) for _ in range(len(hints) + 1)]
    assert [reply.text for reply in replies] == [*hints, hints[-1]]
    total = len(hints)
    wanted = [f"Hint {k} of {total}" for k in (*range(1, total + 1), total)]
    assert [reply.verdict for reply in replies] == wanted


@EACH
def test_the_solution_is_shown_when_asked(number):
    reply = solution(number)
    assert reply.code.startswith("def ")
    assert reply.code in repr(reply)
    assert ALL[number].solution.__doc__


@EACH
def test_words_for_people_are_plain(number):
    exercise = ALL[number]
    assert exercise.level in ("easy", "medium", "hard")
    for text in [*exercise.hints, *(m.message for m in exercise.mistakes)]:
        assert text[0].isupper() or text[0] in "`0123456789"
        assert text.rstrip().endswith((".", "?", "`"))
        assert "$" not in text
        assert "\\" not in text


@pytest.mark.parametrize("chapter", exercises.CHAPTERS)
def test_a_chapter_has_five_or_six_exercises_of_three_levels(chapter):
    found = list(exercises._exercises(chapter).values())
    assert len(found) in (5, 6)
    assert {exercise.level for exercise in found} == {"easy", "medium", "hard"}
    solutions = [exercise.solution for exercise in found]
    assert len(set(solutions)) == len(solutions)


@pytest.mark.parametrize(
    "number", ["7", "0.1", "7.0", "7.99", "29.1", "seven", 7.2, None, " 7.1"]
)
@pytest.mark.parametrize("ask", [lambda n: check(n, 1), hint, solution])
def test_a_number_that_does_not_exist_is_refused(ask, number):
    if isinstance(number, float):
        number = 7.25
    with pytest.raises(ValueError, match="number must be"):
        ask(number)


def test_asking_loads_one_chapter_only():
    script = (
        "import sys; from plainnet.exercises import check; "
        "assert not [m for m in sys.modules if 'chapter_' in m]; "
        "check('1.1', None); "
        "print([m for m in sys.modules if 'chapter_' in m])"
    )
    run = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        text=True,
    )
    assert run.stdout.strip() == "['plainnet.exercises.chapter_01']"


# The machinery, on exercises of its own.


def double(x, y):
    """Return twice x plus y."""
    return 2 * x + y


def exercise(**changes):
    options = {
        "title": "Doubling",
        "level": "easy",
        "solution": double,
        "hints": ("One.", "Two."),
        "cases": [
            (np.array([1.0, -2.0]), np.array([0.5, 0.5])),
            (np.zeros((20, 2)), np.ones((20, 2))),
        ],
        "mistakes": [Mistake(lambda x, y: x + y, "It adds once.")],
    }
    return Function(**{**options, **changes})


def raising(x, y):
    raise KeyError("gone")


def writing(x, y):
    x *= 2
    return x + y


def late(x, y):
    return None if x.size > 4 else 2 * x + y


FAULTS = [
    (raising, "stops with KeyError: 'gone'."),
    (lambda x: x, "stops with TypeError"),
    (writing, "changes its argument."),
    (late, "returns nothing."),
    (lambda x, y: "word", "expected shape (2,), got 'word'"),
    (lambda x, y: (2 * x + y)[:, None], "(2,), got shape (2, 1)"),
    (lambda x, y: 2 * x + y + (x.size > 4), "at position [0, 0] expected 1"),
    (lambda x, y: 2 * x + y + np.nan, "got [nan, nan]"),
    (lambda x, y: x + y, "It adds once.\nWith x = [ 1., -2.], y ="),
    (lambda x, y: 3 * x + y, "expected [ 2.5, -3.5], got [ 3.5, -5.5]"),
    (7, "The answer must be a function, got 7"),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "words"), FAULTS)
def test_a_wrong_function_hears_on_which_input_and_what(answer, words):
    assert words in exercise().fault(answer)


def test_a_right_function_passes_and_hears_on_how_many_inputs():
    assert exercise().fault(lambda x, y: y + x + x) == ""
    assert "2 inputs" in exercise().praise()


def test_a_mistake_is_recognised_on_all_inputs_or_not_at_all():
    near = exercise().fault(lambda x, y: x + (y if x.size < 4 else 7))
    assert "It adds once." not in near


def test_inputs_are_copied_for_every_call():
    cases = exercise().cases
    before = [[part.copy() for part in case] for case in cases]
    exercise(cases=cases).fault(writing)
    for case, kept in zip(cases, before, strict=True):
        for part, old in zip(case, kept, strict=True):
            assert np.array_equal(part, old)


def test_a_generator_gives_the_same_draws_to_answer_and_solution():
    drawing = exercise(
        solution=lambda rng: rng.normal(size=3),
        cases=[(np.random.default_rng(3),)],
        mistakes=[],
    )
    assert drawing.fault(lambda rng: rng.normal(size=3)) == ""
    assert "With rng = a generator" in drawing.fault(lambda rng: np.ones(3))


def test_a_warning_is_a_fault_where_the_exercise_says_so():
    cases = [(np.array([-1000.0]), np.array([0.0]))]
    same = {"cases": cases, "solution": lambda x, y: 0 * x, "mistakes": []}

    def loud(x, y):
        return 1 / (1 + np.exp(-x)) + y

    assert exercise(**same).fault(loud) == ""
    said = exercise(**same, quiet=True).fault(loud)
    assert "overflow encountered in exp" in said


def value(answer=(0.25, 1.5), **changes):
    def right():
        return list(answer)

    options = {
        "title": "Two numbers",
        "level": "easy",
        "solution": right,
        "hints": ("One.", "Two."),
        "mistakes": [Mistake([0.5, 3.0], "Twice too much.")],
    }
    return Value(**{**options, **changes})


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ([0.5, 3.0], "Twice too much."),
        ([0.5, 3.0004], "Twice too much."),
        ([0.25, 1.6], "1.6 at position [1] is not"),
        ([0.25, float("nan")], "nan at position [1] is not"),
        ([0.25], "The answer has shape (2,), yours has shape (1,)."),
        (0.25, "yours has one number"),
        ("word", "must be made of numbers, got 'word'"),
        ([[1], [1, 2]], "must be made of numbers"),
    ],
)
def test_a_wrong_value_hears_where(answer, words):
    assert words in value().fault(answer)


def test_a_value_may_be_rounded():
    assert value().fault((0.2503, np.float32(1.4997))) == ""
    assert value().fault((0.2503, 1.499)) != ""
    assert value(tolerance=0.01).fault((0.2503, 1.499)) == ""


@pytest.mark.parametrize(
    "answer", [None, [None, None], (1, None), {"a": None}]
)
def test_none_means_not_written_yet(answer):
    assert value().unwritten(answer)
    assert not value().unwritten([1, 2])
    assert not value().unwritten(np.ones(2))


def test_an_experiment_asks_its_judge_and_survives_it():
    def judge(answer):
        return "" if answer["rate"] > 1 else "The rate is too small to tell."

    options = {"title": "Try", "level": "hard", "hints": ("One.", "Two.")}
    trial = Experiment(**options, solution=lambda: {"rate": 2}, judge=judge)
    assert trial.fault(trial.right_answer()) == ""
    assert trial.fault({"rate": 0.5}) == "The rate is too small to tell."
    assert "KeyError: 'rate'" in trial.fault({})


def test_an_exercise_must_say_how_it_is_judged():
    plain = Exercise(
        title="None", level="easy", solution=double, hints=("A.", "B.")
    )
    with pytest.raises(NotImplementedError):
        plain.fault(1)


@pytest.mark.parametrize(
    ("expected", "came", "words"),
    [
        ((1.0, 2.0), (1.0, 2.0), ""),
        ((1.0, 2.0), [1.0, 3.0], "result 2 of 2: expected 2, got 3"),
        ((1.0, 2.0), 1.0, "2 results were expected, got 1"),
        ((1.0, 2.0), (1.0,), "2 results were expected, got (1)"),
        ({"W": 1.0}, {"W": 1.0}, ""),
        ({"W": 1.0}, {"b": 1.0}, "a dict with the keys ['W']"),
        ({"W": 1.0}, 3, "a dict with the keys ['W']"),
        ({"W": 1.0}, {"W": 2.0}, "result 1 of 1"),
        ("left", "left", ""),
        ("left", "right", "expected 'left', got 'right'"),
        ("left", 3, "expected 'left', got 3"),
        (np.nan, np.nan, ""),
        (True, 1, ""),
        (0.1, 0.1 + 1e-9, ""),
        (0.1, 0.1 + 1e-4, "expected 0.1, got 0.1001"),
        (np.arange(3), [0, 1, 2], ""),
    ],
)
def test_results_are_compared_by_their_kind(expected, came, words):
    said = compare(expected, came, 1e-6)
    assert words in said
    assert bool(said) == bool(words)


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        (np.array([1.0, 0.5]), "[1. , 0.5]"),
        (np.zeros((9, 9)), "an array of shape (9, 9)"),
        (1 / 3, "0.333333"),
        (np.float32(0.5), "0.5"),
        ([0.1 + 0.2, 1], "[0.3, 1]"),
        ((1, 2), "(1, 2)"),
        (double, "the function `double`"),
        (np.random.default_rng(0), "a generator"),
    ],
)
def test_values_are_shown_as_one_would_write_them(thing, text):
    assert show(thing) == text


def test_a_reply_reads_in_a_terminal_and_in_a_notebook():
    number = next(iter(ALL))
    right = check(number, ALL[number].right_answer())
    text, box = repr(right), right._repr_html_()
    assert text.startswith(f"✓ {number} {RIGHT}.")
    assert max(map(len, text.splitlines())) <= 72
    assert f"Exercise {number}. {RIGHT}." in box  # not by colour alone
    assert "#009E73" in box


def test_a_reply_shows_code_as_code_and_lets_no_html_through():
    reply = exercises.Reply("1.1", "Not yet right", "`a<b` & <script>", "x<y")
    box = reply._repr_html_()
    assert "<code>a&lt;b</code> &amp; &lt;script&gt;" in box
    assert "<pre>x&lt;y</pre>" in box
    assert not reply.right


def test_modules_hold_solutions_in_the_open_and_mistakes_in_private():
    for chapter in exercises.CHAPTERS:
        module = importlib.import_module(
            f"plainnet.exercises.chapter_{chapter:02d}"
        )
        public = {
            name
            for name, thing in vars(module).items()
            if inspect.isfunction(thing)
            and thing.__module__ == module.__name__
            and not name.startswith("_")
        }
        solutions = {e.solution.__name__ for e in module.EXERCISES}
        assert public == solutions
