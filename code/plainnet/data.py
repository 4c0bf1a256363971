"""Data sets: small ones drawn at random, and the two sets of digits.

All end as two arrays with one row for each example: X, what a model sees,
and y, what it should say. Only `load_mnist` ever uses the network.
"""

import gzip
import hashlib
import html
import io
import math
import os
import socket
import struct
import warnings
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple, cast

import numpy as np
from numpy.random import Generator
from scipy import ndimage
from sklearn import datasets
from sklearn.model_selection import train_test_split

from plainnet._checks import (
    check_labels,
    check_not_empty,
    check_positive_int,
    check_rng,
    check_same_length,
)
from plainnet._types import Array, Labels

with warnings.catch_warnings(action="ignore"):
    import pooch  # its progress bar warns of a widget that nobody needs

#: Shape and SHA-256 of each IDX file, then the SHA-256 of its gzip package.
MNIST_FILES = {
    "train-images-idx3-ubyte": (
        (60_000, 28, 28),
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    ),
    "train-labels-idx1-ubyte": (
        (60_000,),
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    ),
    "t10k-images-idx3-ubyte": (
        (10_000, 28, 28),
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    ),
    "t10k-labels-idx1-ubyte": (
        (10_000,),
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    ),
}
CSV_FILES = ("mnist_train.csv", "mnist_test.csv")
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
TIMEOUT = (3, 7)  # seconds to wait for a connection, and for more bytes

THREE_WAYS = """MNIST is not available. There are three ways to get it:
1. Put its four IDX files, or mnist_train.csv and mnist_test.csv, into a
   folder and set the environment variable MNIST_DIR to that folder.
2. Connect to the network: load_mnist() downloads 12 MB from a mirror, once.
3. Fetch OpenML's copy, also over the network: load_mnist(source="openml").
This is what was tried:
"""
NOTICE = (
    "MNIST is not available here. What you see instead are the 1,797 digits "
    "that come with scikit-learn, enlarged from 8x8 to 28x28 pixels; every "
    "number and figure on this page is theirs, while the text speaks of the "
    "real data. To get those, connect to "
    "the network or set the environment variable MNIST_DIR to a folder with "
    "the MNIST files, and run the page again."
)


class Dataset(NamedTuple):
    """Examples X, one in a row, and their answers y of shape (n,)."""

    X: Array
    y: Array


class MNIST(NamedTuple):
    """Images, uint8 of shape (n, 28, 28), and labels, int64 of shape (n,)."""

    X_train: Array
    y_train: Labels
    X_test: Array
    y_test: Labels


class _Notice(str):
    """A text that a notebook shows in a box."""

    def _repr_html_(self) -> str:
        return (
            '<div class="admonition warning stand-in">'
            '<p class="admonition-title">Not the real MNIST</p>'
            f"<p>{html.escape(self)}</p></div>"
        )


class DatasetUnavailable(RuntimeError):
    """No place that was asked has the data."""


def make_line(
    n: int,
    rng: Generator,
    slope: float = 2.0,
    intercept: float = 1.0,
    noise: float = 0.3,
) -> Dataset:
    """Draw X of shape (n, 1) from [0, 2) and y of shape (n,) near a line.

    The noise is the standard deviation of y around slope * x + intercept.
    """
    check_positive_int("n", n)
    check_rng(rng)
    X = rng.uniform(0.0, 2.0, size=(n, 1))
    y = slope * X[:, 0] + intercept + noise * rng.standard_normal(n)
    return Dataset(X, y)


def make_blobs(n: int, rng: Generator) -> Dataset:
    """Draw X of shape (n, 2) from two round clouds, y = 0 and y = 1."""
    check_positive_int("n", n)
    centers = ((-1.5, -1.5), (1.5, 1.5))
    X, y = datasets.make_blobs(n, centers=centers, random_state=_seed(rng))
    return Dataset(X, y.astype(np.int64))


def make_moons(n: int, rng: Generator, noise: float = 0.15) -> Dataset:
    """Draw X of shape (n, 2) from two half moons, y = 0 and y = 1."""
    check_positive_int("n", n)
    X, y = datasets.make_moons(n, noise=noise, random_state=_seed(rng))
    return Dataset(X, y.astype(np.int64))


def make_xor() -> Dataset:
    """Return X of shape (4, 2) and y: 1 where one of two inputs is 1."""
    X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    return Dataset(X, np.array([0, 1, 1, 0], dtype=np.int64))


def make_spirals(
    n: int, rng: Generator, turns: float = 1.5, noise: float = 0.03
) -> Dataset:
    """Draw X of shape (n, 2) from two spiral arms, y = 0 and y = 1.

    The arms wind from the centre out to radius 1.
    """
    check_positive_int("n", n)
    check_rng(rng)
    y = np.arange(n, dtype=np.int64) % 2
    radius = np.sqrt(rng.uniform(size=n))
    angle = np.pi * (2 * turns * radius + y)
    X = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return Dataset(X + noise * rng.standard_normal((n, 2)), y)


def _seed(rng: Generator) -> int:
    """Draw a seed for scikit-learn, which takes no Generator."""
    check_rng(rng)
    return int(rng.integers(2**32))


def load_digits(classes: Sequence[int] = range(10)) -> Dataset:
    """Load the 8x8 digits that come with scikit-learn.

    Parameters
    ----------
    classes : sequence of int
        The digits to keep, such as (0, 1).

    Returns
    -------
    X : ndarray of shape (n, 64), float64
        Grey values from 0 (background) to 16.
    y : ndarray of shape (n,), int64
        The digit in each image.

    Raises
    ------
    ValueError
        If `classes` is empty or names what is not a digit.
    """
    if np.ndim(classes) != 1 or len(classes) == 0:
        raise ValueError(f"classes must list digits, as (0, 1), got {classes}")
    for digit in classes:
        if digit not in range(10):
            raise ValueError(f"classes must be digits 0 to 9, got {digit!r}")
    X, y = datasets.load_digits(return_X_y=True)
    keep = np.isin(y, classes)
    return Dataset(X[keep], y[keep].astype(np.int64))


def one_hot(labels: Labels, classes: int) -> Array:
    """Turn each label into a row of zeros with a one in the label's place.

    Parameters
    ----------
    labels : ndarray of shape (n,)
        Integers from 0 to classes - 1.
    classes : int
        The length K of a row.

    Returns
    -------
    ndarray of shape (n, K), float32
        One row for each label.
    """
    check_positive_int("classes", classes)
    labels = np.asarray(labels)
    check_labels(labels, classes)
    return np.eye(classes, dtype=np.float32)[labels]


def mnist_inputs(images: Array) -> Array:
    """Turn images of grey values from 0 to 255 into rows for a network.

    The pixels get the mean 0 and the standard deviation 1, nearly, that
    they have over MNIST's training images.

    Parameters
    ----------
    images : ndarray of uint8, shape (n, 28, 28)

    Returns
    -------
    ndarray of shape (n, 784), float32
        (grey / 255 - 0.1307) / 0.3081
    """
    images = np.asarray(images)
    if images.ndim != 3 or images.dtype != np.uint8:
        raise ValueError(
            "images must be uint8 of shape (n, 28, 28), got "
            f"{images.dtype} of shape {images.shape}"
        )
    check_not_empty("images", images)
    rows = images.reshape(len(images), -1)
    rows = np.divide(rows, 255, dtype=np.float32)
    rows -= 0.1307
    rows /= 0.3081
    return rows


def minibatches(
    X: Array, y: Array, batch_size: int, rng: Generator, shuffle: bool = True
) -> Iterator[tuple[Array, Array]]:
    """Cut one epoch into batches; each example is in exactly one of them.

    Parameters
    ----------
    X, y : ndarray of shape (n, ...)
        The examples and their answers.
    batch_size : int
        Rows in a batch; the last batch holds what is left.
    rng : Generator
        Draws the order, once, at the call.
    shuffle : bool, default True
        Whether to draw an order or keep that of the rows.

    Returns
    -------
    iterator of (X, y)
        The batches; each is a copy of its rows.
    """
    X, y = np.asarray(X), np.asarray(y)
    check_same_length(X, y)
    check_positive_int("batch_size", batch_size)
    check_rng(rng)
    order = rng.permutation(len(X)) if shuffle else np.arange(len(X))
    starts = range(0, len(X), batch_size)
    batches = (order[start : start + batch_size] for start in starts)
    # With yield in here, a bad argument would go unnoticed until next().
    return ((X[batch], y[batch]) for batch in batches)


def read_idx(path: str | Path) -> Array:
    """Read an IDX file, the format of MNIST, packed by gzip or not.

    Parameters
    ----------
    path : str or Path
        A file of bytes in one dimension (labels) or three (images).

    Returns
    -------
    ndarray of shape (n,) or (n, rows, columns), uint8
        The labels or the images.

    Raises
    ------
    ValueError
        If the file is damaged, truncated, too long, or of another format.

    References
    ----------
    Y. LeCun, C. Cortes and C. J. C. Burges, The MNIST database of
    handwritten digits, section "The IDX file format".
    """
    with _open_unpacked(path) as file:
        content = file.read()
    shape, start = _idx_header(path, content)
    found, expected = len(content) - start, math.prod(shape)
    if found != expected:
        raise ValueError(
            f"{path} is {'truncated' if found < expected else 'too long'}: "
            f"after its header come {found} bytes, not {expected}"
        )
    return np.frombuffer(content, np.uint8)[start:].reshape(shape).copy()


def _idx_header(
    path: str | Path, content: bytes
) -> tuple[tuple[int, ...], int]:
    """Return the shape that an IDX file states, and where its numbers start.

    Two zero bytes, the type, the number of dimensions d; then d big-endian
    32-bit integers, the shape.
    """
    if content[:4] not in (b"\0\0\x08\x01", b"\0\0\x08\x03"):
        raise ValueError(
            f"{path} must start with 00 00 08 01 (labels) or 00 00 08 03 "
            f"(images), got {content[:4].hex(' ') or 'nothing'}: 00 00 marks "
            "IDX; 08 means unsigned bytes, 09 signed bytes, 0b and 0c "
            "integers, 0d and 0e floats; the last counts the dimensions"
        )
    start = 4 + 4 * content[3]
    if len(content) < start:
        raise ValueError(
            f"{path} is truncated: its header has {start} bytes, "
            f"got {len(content)}"
        )
    return struct.unpack(f">{content[3]}I", content[4:start]), start


@contextmanager
def _open_unpacked(path: str | Path) -> Iterator[IO[bytes]]:
    """Open a file and unpack it if gzip packed it, whatever its name is."""
    with open(path, "rb") as file:
        opener = gzip.open if file.read(2) == b"\x1f\x8b" else open
    with opener(path, "rb") as file:
        try:
            yield cast(IO[bytes], file)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise ValueError(f"{path} is damaged: {error}") from error


def read_csv(path: str | Path) -> Dataset:
    """Read digits from a table: each row is a label and its 784 pixels.

    Parameters
    ----------
    path : str or Path
        A CSV file, packed by gzip or not. A first line that starts with
        the word "label" is passed over.

    Returns
    -------
    X : ndarray of shape (n, 28, 28), uint8
        The images.
    y : ndarray of shape (n,), int64
        The digit in each image.

    Raises
    ------
    ValueError
        If the file holds anything but rows of 785 whole numbers, a label
        from 0 to 9 and pixels from 0 to 255.
    """
    table = _read_table(path)
    labels, columns = table[:, 0], table.shape[1]
    if columns != 785 or labels.max() > 9:
        raise ValueError(
            f"{path} must have 785 columns, a label from 0 to 9 and 784 "
            f"pixels, got {columns} and labels up to {labels.max()}"
        )
    images = table[:, 1:].copy().reshape(-1, 28, 28)
    return Dataset(images, labels.astype(np.int64))


def _read_table(path: str | Path) -> Array:
    """Read a CSV file as an array of shape (rows, columns), uint8."""
    with _open_unpacked(path) as file, warnings.catch_warnings():
        warnings.simplefilter("error")  # NumPy only warns if it is empty
        text = io.TextIOWrapper(file, encoding="utf-8-sig")
        try:
            header = int(text.readline().startswith("label"))
            text.seek(0)
            return np.loadtxt(
                text, np.uint8, delimiter=",", skiprows=header, ndmin=2
            )
        except (ValueError, Warning) as error:
            raise ValueError(
                f"{path} must hold whole numbers from 0 to 255: {error}"
            ) from error


def load_mnist(
    source: str = "auto", directory: str | Path | None = None
) -> MNIST:
    """Load MNIST: 60,000 images of digits to train on, 10,000 to test on.

    Parameters
    ----------
    source : {"auto", "openml"}, default "auto"
        "auto" reads the named folder and looks nowhere else; if none is
        named, it tries pooch's cache, the mirrors, and OpenML.
    directory : str or Path, optional
        A folder with the IDX or CSV files; if None, that in MNIST_DIR.

    Raises
    ------
    FileNotFoundError, ValueError
        If the folder or a file is missing, or not the published one.
    DatasetUnavailable
        If no place has the data; the message says what to do.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio and P. Haffner (1998), Gradient-based
    learning applied to document recognition, section III.A.
    """
    if source not in ("auto", "openml"):
        raise ValueError(f'source must be "auto" or "openml", got {source!r}')
    if source == "openml":
        return _from_network(_from_openml)
    folder = directory or os.environ.get("MNIST_DIR")
    if folder:
        return _from_folder(Path(folder).expanduser())
    return _from_network(_from_mirrors, _from_openml)


def load_mnist_or_digits() -> tuple[MNIST, str]:
    """Load MNIST or, where there is none, a stand-in and a notice of it.

    Returns
    -------
    data : MNIST
        The real data, or scikit-learn's digits enlarged to 28x28.
    notice : str
        Empty, or what is shown instead and how to get the real data.

    Raises
    ------
    DatasetUnavailable
        If there is no MNIST and the variable REQUIRE_MNIST is "1".
    """
    try:
        return load_mnist(), ""
    except DatasetUnavailable:
        if os.environ.get("REQUIRE_MNIST") == "1":
            raise
        return _enlarged_digits(), _Notice(NOTICE)


def _enlarged_digits() -> MNIST:
    """Return the 8x8 digits as 28x28 images, a fifth of them for testing."""
    X, y = load_digits()
    small = X.reshape(-1, 8, 8) * (255 / 16)
    large = ndimage.zoom(small, (1, 2.5, 2.5), order=1).round()
    # As in MNIST, a digit fills 20x20 pixels in the middle of the image.
    images = np.pad(large.astype(np.uint8), ((0, 0), (4, 4), (4, 4)))
    X_train, X_test, y_train, y_test = train_test_split(
        images, y, test_size=0.2, stratify=y, random_state=0
    )
    return MNIST(X_train, y_train, X_test, y_test)


def _from_folder(folder: Path) -> MNIST:
    """Read MNIST from the IDX files of a folder or else its CSV files."""
    if not folder.is_dir():
        raise FileNotFoundError(
            f"directory or MNIST_DIR must name a folder, got {folder}"
        )
    idx, csv = _find(folder, MNIST_FILES), _find(folder, CSV_FILES)
    if len(idx) == len(MNIST_FILES):
        paths = list(idx.values())
        return _published(paths, [read_idx(path) for path in paths])
    if len(csv) == len(CSV_FILES):
        train, test = csv.values()
        arrays = [*read_csv(train), *read_csv(test)]
        return _published([train, train, test, test], arrays)
    missing = ", ".join(name for name in MNIST_FILES if name not in idx)
    raise FileNotFoundError(
        f"the folder {folder} must hold {' and '.join(CSV_FILES)}, or the "
        f"four IDX files of MNIST, packed or not; it lacks {missing}"
    )


def _find(folder: Path, names: Iterable[str]) -> dict[str, Path]:
    """Say where the named files are that the folder has, packed or not."""
    return {
        name: path
        for name in names
        for path in (folder / f"{name}.gz", folder / name)
        if path.is_file()
    }


def _published(paths: Sequence[Path], arrays: Sequence[Array]) -> MNIST:
    """Refuse arrays unless the IDX files they make have the known hashes."""
    for path, array, name in zip(paths, arrays, MNIST_FILES, strict=True):
        shape, sha256, _ = MNIST_FILES[name]
        header = struct.pack(
            f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape
        )
        digest = hashlib.sha256(header)
        digest.update(array.astype(np.uint8, copy=False).data)
        if digest.hexdigest() != sha256:
            raise ValueError(
                f"{path} does not hold the published {name}: it must have "
                f"shape {shape} and SHA-256 {sha256}, "
                f"got {array.shape} and {digest.hexdigest()}"
            )
    X_train, y_train, X_test, y_test = arrays
    return MNIST(
        X_train, y_train.astype(np.int64), X_test, y_test.astype(np.int64)
    )


def _from_network(*sources: Callable[[], MNIST]) -> MNIST:
    """Return what the first source that works has to give."""
    answers = []
    for source in sources:
        try:
            return source()
        except DatasetUnavailable as error:
            answers.append(str(error))
    raise DatasetUnavailable(THREE_WAYS + "\n".join(answers))


def _from_mirrors() -> MNIST:
    """Read MNIST from pooch's cache, downloading what is not there."""
    paths = [_download(name) for name in MNIST_FILES]
    return _published(paths, [read_idx(path) for path in paths])


def _download(name: str) -> Path:
    """Return a cached file, fetched from the first mirror that has it."""
    answers = []
    for mirror in MIRRORS:
        url = f"{mirror}{name}.gz"
        try:
            path = pooch.retrieve(
                url,
                known_hash=MNIST_FILES[name][-1],
                fname=f"{name}.gz",
                path=pooch.os_cache("plainnet"),
                downloader=pooch.HTTPDownloader(True, timeout=TIMEOUT),
            )
            return Path(path)
        except (OSError, ValueError) as error:
            answers.append(f"- {url}: {error!r}")
    raise DatasetUnavailable("\n".join(answers))


def _from_openml() -> MNIST:
    """Fetch OpenML's copy: one table of 70,000 rows, labels as strings."""
    pooch.get_logger().info("Fetching MNIST from OpenML, 15 MB.")
    before = socket.getdefaulttimeout()
    # scikit-learn sets no time limit, and warns of every failed attempt.
    socket.setdefaulttimeout(TIMEOUT[1])
    try:
        with warnings.catch_warnings(action="ignore"):
            X, y = datasets.fetch_openml(
                "mnist_784",
                version=1,
                return_X_y=True,
                as_frame=False,
                parser="liac-arff",
                n_retries=1,
                delay=0.1,
            )
        images = X.astype(np.uint8).reshape(70_000, 28, 28)
        labels = y.astype(np.int64)
    except Exception as error:
        raise DatasetUnavailable(f"- OpenML: {error!r}") from error
    finally:
        socket.setdefaulttimeout(before)
    train, test = slice(60_000), slice(60_000, None)
    return MNIST(images[train], labels[train], images[test], labels[test])
