"""Tests of plainnet.data: no test here leaves this machine."""

import csv
import gzip
import hashlib
import http.server
import io
import logging
import os
import shutil
import socket
import threading
import time
import tracemalloc
import urllib.error
import warnings
from pathlib import Path

import numpy as np
import pooch
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plainnet import data
from sklearn import datasets

PUBLISHED = data.MNIST_FILES
REAL_FOLDER = os.environ.get("MNIST_DIR")
REQUIRED = os.environ.get("REQUIRE_MNIST") == "1"
NAMES = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
]


def idx_bytes(array):
    """An IDX file as the published description has it."""
    head = bytes([0, 0, 8, array.ndim])
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return head + sizes + array.astype(np.uint8).tobytes()


def csv_bytes(X, y, header=""):
    """A table with the label first, written by Python's own module."""
    text = io.StringIO()
    text.write(header)
    writer = csv.writer(text, lineterminator="\n")
    for label, image in zip(y.tolist(), X.reshape(len(X), -1), strict=True):
        writer.writerow([label, *image.tolist()])
    return text.getvalue().encode()


def packed(content):
    return gzip.compress(content, mtime=0)


@pytest.fixture(autouse=True)
def isolated(monkeypatch, tmp_path):
    """No folder, an empty cache, no mirror and no OpenML."""

    def offline(*args, **kwargs):
        raise urllib.error.URLError("offline")

    monkeypatch.delenv("MNIST_DIR", raising=False)
    monkeypatch.delenv("REQUIRE_MNIST", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "scikit_learn"))
    monkeypatch.setattr(pooch, "os_cache", lambda name: tmp_path / name)
    monkeypatch.setattr(data, "MIRRORS", ())
    monkeypatch.setattr("sklearn.datasets._openml.urlopen", offline)


@pytest.fixture
def tiny(monkeypatch):
    """A data set of 12 and 5 digits in place of the published one."""
    rng = np.random.default_rng(7)
    arrays = [
        rng.integers(0, 256, (12, 28, 28), dtype=np.uint8),
        rng.integers(0, 10, 12),
        rng.integers(0, 256, (5, 28, 28), dtype=np.uint8),
        rng.integers(0, 10, 5),
    ]
    files = {}
    for name, array in zip(NAMES, arrays, strict=True):
        hashes = [
            hashlib.sha256(content).hexdigest()
            for content in (idx_bytes(array), packed(idx_bytes(array)))
        ]
        files[name] = (array.shape, *hashes)
    monkeypatch.setattr(data, "MNIST_FILES", files)
    return data.MNIST(*arrays)


@pytest.fixture
def folder(tiny, tmp_path):
    """The tiny data set as four packed IDX files."""
    place = tmp_path / "mnist"
    place.mkdir()
    for name, array in zip(NAMES, tiny, strict=True):
        (place / f"{name}.gz").write_bytes(packed(idx_bytes(array)))
    return place


def assert_same(found, expected):
    assert isinstance(found, data.MNIST)
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a, b)
    for images in (found.X_train, found.X_test):
        assert images.dtype == np.uint8
        assert images.flags.writeable
    for labels in (found.y_train, found.y_test):
        assert labels.dtype == np.int64


# IDX files


@pytest.mark.parametrize("pack", [bytes, packed])
@pytest.mark.parametrize("name", ["digits", "digits.gz"])
@pytest.mark.parametrize("shape", [(3, 28, 28), (2, 4, 5), (7,), (0,)])
def test_read_idx_goes_by_content_not_by_name(tmp_path, pack, name, shape):
    array = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    path = tmp_path / name
    path.write_bytes(pack(idx_bytes(array)))
    for argument in (path, str(path)):
        found = data.read_idx(argument)
        assert found.dtype == np.uint8
        assert found.flags.writeable
        np.testing.assert_array_equal(found, array)


GOOD = idx_bytes(np.arange(60).reshape(3, 4, 5))
BAD_IDX = {
    "empty": (b"", "got nothing"),
    "three bytes": (GOOD[:3], "got 00 00 08"),
    "web page": (b"<!doctype html>", "got 3c 21 64 6f"),
    "first byte": (b"\1" + GOOD[1:], "got 01 00 08 03"),
    "second byte": (b"\0\1" + GOOD[2:], "got 00 01 08 03"),
    "floats": (b"\0\0\x0d" + GOOD[3:], "0d and 0e floats"),
    "two dimensions": (b"\0\0\x08\2" + GOOD[4:], "counts the dimensions"),
    "no dimensions": (b"\0\0\x08\0", "counts the dimensions"),
    "header cut": (GOOD[:15], "truncated: its header has 16 bytes, got 15"),
    "labels header cut": (b"\0\0\x08\1\0\0", "header has 8 bytes, got 6"),
    "header only": (GOOD[:16], "truncated: .* 0 bytes, not 60"),
    "one byte short": (GOOD[:-1], "truncated: .* 59 bytes, not 60"),
    "one byte long": (GOOD + b"\0", "too long: .* 61 bytes, not 60"),
    "gzip cut": (packed(GOOD)[:-1], "damaged"),
    "gzip cut early": (packed(GOOD)[:30], "damaged"),
    "gzip magic alone": (b"\x1f\x8b", "damaged"),
    "gzip with a tail": (packed(GOOD) + b"tail", "damaged"),
    "gzip, wrong sum": (packed(GOOD)[:-8] + bytes(8), "damaged"),
    "gzip, bad stream": (packed(GOOD)[:10] + b"\xff" * 60, "damaged"),
    "packed, one byte short": (packed(GOOD[:-1]), "truncated"),
}


@pytest.mark.parametrize("case", BAD_IDX)
def test_read_idx_names_the_bad_file(tmp_path, case):
    content, message = BAD_IDX[case]
    path = tmp_path / "some-file"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"some-file .*{message}"):
        data.read_idx(path)


@pytest.mark.parametrize("read", [data.read_idx, data.read_csv])
def test_missing_file(tmp_path, read):
    with pytest.raises(FileNotFoundError, match="nowhere"):
        read(tmp_path / "nowhere")


# CSV files

PIXELS = ",".join(f"pixel{i}" for i in range(784))
ROW = ",".join(["7"] + ["0", "255"] * 392)


@pytest.mark.parametrize("pack", [bytes, packed])
@pytest.mark.parametrize("header", ["", f"label,{PIXELS}\n", "\ufeff"])
def test_read_csv(tmp_path, pack, header, tiny):
    path = tmp_path / "digits"
    path.write_bytes(pack(csv_bytes(tiny.X_test, tiny.y_test, header)))
    X, y = data.read_csv(path)
    assert X.dtype == np.uint8
    assert X.flags.c_contiguous
    assert y.dtype == np.int64
    np.testing.assert_array_equal(X, tiny.X_test)
    np.testing.assert_array_equal(y, tiny.y_test)


def test_read_csv_one_row(tmp_path):
    path = tmp_path / "one.csv"
    path.write_text(ROW)
    X, y = data.read_csv(path)
    assert X.shape == (1, 28, 28)
    assert y.tolist() == [7]
    assert X[0, 0, :3].tolist() == [0, 255, 0]


BAD_CSV = {
    "empty": (b"", "no data"),
    "header only": (f"label,{PIXELS}\n".encode(), "no data"),
    "another header": (f"{PIXELS}\n{ROW}".encode(), "pixel0"),
    "text": (b"<!doctype html>", "doctype"),
    "not text": (b"\xff\xfe\x00", "whole numbers"),
    "784 columns": (ROW[2:].encode(), "got 784"),
    "786 columns": (f"{ROW},0".encode(), "got 786"),
    "last row cut": (f"{ROW}\n{ROW[:-9]}".encode(), "columns changed"),
    "pixel 256": (ROW.replace("255", "256", 1).encode(), "'256'"),
    "pixel -1": (ROW.replace("255", "-1", 1).encode(), "'-1'"),
    "half a pixel": (ROW.replace("255", "0.5", 1).encode(), "'0.5'"),
    "no pixel": (ROW.replace("255", "", 1).encode(), "''"),
    "label 10": (f"{ROW}\n10{ROW[1:]}".encode(), "labels up to 10"),
    "gzip cut": (packed(ROW.encode())[:-9], "damaged"),
    "gzip, bad stream": (packed(b"")[:10] + b"\xff" * 60, "damaged"),
}


@pytest.mark.parametrize("case", BAD_CSV)
def test_read_csv_names_the_bad_file(tmp_path, case):
    content, message = BAD_CSV[case]
    path = tmp_path / "some.csv"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=f"some.csv .*{message}"):
        data.read_csv(path)


# A folder that is named


@pytest.mark.parametrize("pack", [bytes, packed])
def test_load_mnist_from_idx_files(tiny, tmp_path, pack, monkeypatch):
    suffix = ".gz" if pack is packed else ""
    for name, array in zip(NAMES, tiny, strict=True):
        (tmp_path / (name + suffix)).write_bytes(pack(idx_bytes(array)))
    assert_same(data.load_mnist(directory=tmp_path), tiny)
    assert_same(data.load_mnist("auto", str(tmp_path)), tiny)
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    assert_same(data.load_mnist(), tiny)
    assert data.load_mnist_or_digits()[1] == ""


@pytest.mark.parametrize("pack", [bytes, packed])
def test_load_mnist_from_csv_files(tiny, tmp_path, pack):
    suffix = ".gz" if pack is packed else ""
    for name, X, y in (
        ("mnist_train.csv", tiny.X_train, tiny.y_train),
        ("mnist_test.csv", tiny.X_test, tiny.y_test),
    ):
        (tmp_path / (name + suffix)).write_bytes(pack(csv_bytes(X, y)))
    assert_same(data.load_mnist(directory=tmp_path), tiny)


def test_unpacked_files_come_before_packed_ones(folder, tiny):
    for name, array in zip(NAMES, tiny, strict=True):
        (folder / name).write_bytes(idx_bytes(array))
        (folder / f"{name}.gz").write_bytes(b"never read")
    assert_same(data.load_mnist(directory=folder), tiny)


def test_argument_comes_before_variable(folder, tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_DIR", str(tmp_path / "nowhere"))
    assert_same(data.load_mnist(directory=folder), tiny)


def test_tilde_is_the_home_folder(folder, tiny, monkeypatch):
    monkeypatch.setenv("HOME", str(folder.parent))
    monkeypatch.setenv("USERPROFILE", str(folder.parent))
    monkeypatch.setenv("MNIST_DIR", "~/mnist")
    assert_same(data.load_mnist(), tiny)


@pytest.fixture
def no_other_place(monkeypatch):
    def asked(*args):
        pytest.fail("a folder was named, and another place was asked")

    monkeypatch.setattr(data, "_from_network", asked)


@pytest.mark.usefixtures("no_other_place")
@pytest.mark.parametrize("by_variable", [True, False])
def test_missing_folder(tmp_path, monkeypatch, by_variable):
    place = tmp_path / "nowhere"
    if by_variable:
        monkeypatch.setenv("MNIST_DIR", str(place))
    with pytest.raises(FileNotFoundError, match=r"name a folder.*nowhere"):
        data.load_mnist(directory=None if by_variable else place)


@pytest.mark.usefixtures("no_other_place")
def test_file_in_place_of_a_folder(folder):
    with pytest.raises(FileNotFoundError, match="must name a folder"):
        data.load_mnist(directory=folder / f"{NAMES[0]}.gz")


@pytest.mark.usefixtures("no_other_place")
def test_empty_folder_is_an_error_also_for_the_fall_back(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("MNIST_DIR", str(tmp_path))
    for load in (data.load_mnist, data.load_mnist_or_digits):
        with pytest.raises(FileNotFoundError, match=r"mnist_train\.csv") as e:
            load()
        assert all(name in str(e.value) for name in NAMES)


@pytest.mark.usefixtures("no_other_place")
@pytest.mark.parametrize("name", NAMES)
def test_incomplete_folder_names_the_missing_file(folder, name):
    (folder / f"{name}.gz").rename(folder / "elsewhere")
    with pytest.raises(FileNotFoundError, match=f"lacks {name}$"):
        data.load_mnist(directory=folder)


@pytest.mark.usefixtures("no_other_place")
def test_half_of_the_csv_files(tiny, tmp_path):
    content = csv_bytes(tiny.X_train, tiny.y_train)
    (tmp_path / "mnist_train.csv").write_bytes(content)
    with pytest.raises(FileNotFoundError, match=r"mnist_test\.csv"):
        data.load_mnist(directory=tmp_path)


@pytest.mark.parametrize("index", range(4))
def test_wrong_hash_names_the_file(folder, tiny, index):
    array = tiny[index].copy()
    array.flat[0] ^= 1
    path = folder / f"{NAMES[index]}.gz"
    path.write_bytes(packed(idx_bytes(array)))
    with pytest.raises(ValueError, match=f"{path.name} .*SHA-256"):
        data.load_mnist(directory=folder)


@pytest.mark.parametrize("index", range(4))
def test_wrong_count_names_the_file(folder, tiny, index):
    path = folder / f"{NAMES[index]}.gz"
    path.write_bytes(packed(idx_bytes(tiny[index][1:])))
    with pytest.raises(ValueError, match=f"{path.name} .*shape") as e:
        data.load_mnist(directory=folder)
    assert str(tiny[index].shape) in str(e.value)
    assert str(tiny[index][1:].shape) in str(e.value)


def test_same_bytes_in_another_shape(folder, tiny):
    flat = tiny.X_test.reshape(5, 56, 14)
    path = folder / f"{NAMES[2]}.gz"
    path.write_bytes(packed(idx_bytes(flat)))
    with pytest.raises(ValueError, match=r"\(5, 56, 14\)"):
        data.load_mnist(directory=folder)


def test_truncated_file_in_the_folder(folder, tiny):
    path = folder / NAMES[1]
    path.write_bytes(idx_bytes(tiny.y_train)[:-1])
    with pytest.raises(ValueError, match=f"{path.name} is truncated"):
        data.load_mnist(directory=folder)


@pytest.mark.parametrize("change", ["hash", "count", "order"])
@pytest.mark.parametrize("part", ["train", "test"])
def test_csv_files_are_checked_too(tiny, tmp_path, part, change):
    for name, X, y in (
        ("train", tiny.X_train, tiny.y_train),
        ("test", tiny.X_test, tiny.y_test),
    ):
        if name == part:
            X, y = X.copy(), y.copy()
            X[0, 3, 3] ^= change == "hash"
            keep = slice(1, None) if change == "count" else slice(None)
            step = -1 if change == "order" else 1
            X, y = X[keep][::step], y[keep][::step]
        (tmp_path / f"mnist_{name}.csv").write_bytes(csv_bytes(X, y))
    with pytest.raises(ValueError, match=rf"mnist_{part}\.csv .*SHA-256"):
        data.load_mnist(directory=tmp_path)


# Mirrors


class Mirror(http.server.BaseHTTPRequestHandler):
    """Answers /good/, /forbidden/, /short/, /other/ and /silent/."""

    def do_GET(self):
        _, way, name = self.path.split("/")
        self.server.asked.append((way, name))
        content = self.server.content[name]
        size = len(content)
        if way == "other":
            content = bytes(size)
        if way == "short":
            content = content[: size // 2]
        if way == "silent":
            self.server.done.wait(20)
        self.send_response(403 if way == "forbidden" else 200)
        self.send_header("Content-Length", str(size))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(tiny):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    server.url = f"http://127.0.0.1:{server.server_port}"
    server.asked = []
    server.done = threading.Event()
    server.content = {
        f"{name}.gz": packed(idx_bytes(array))
        for name, array in zip(NAMES, tiny, strict=True)
    }
    server.handle_error = lambda *args: None
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield server
    server.done.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def refused():
    """The address of a port that nobody listens to."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{reserved.getsockname()[1]}"


def cached(tmp_path):
    return sorted(path.name for path in (tmp_path / "plainnet").iterdir())


ALL_PACKED = sorted(f"{name}.gz" for name in NAMES)
BAD_WAYS = {
    "forbidden": "403",
    "short": "IncompleteRead",
    "other": "SHA256",
    "silent": "timed out",
}


@pytest.mark.parametrize("way", BAD_WAYS)
def test_a_bad_mirror_is_passed_over(server, tiny, tmp_path, monkeypatch, way):
    if way == "silent":
        monkeypatch.setattr(data, "TIMEOUT", (3, 0.75))
    mirrors = (f"{server.url}/{way}/", f"{server.url}/good/")
    monkeypatch.setattr(data, "MIRRORS", mirrors)
    assert_same(data.load_mnist(), tiny)
    assert [asked for asked, _ in server.asked] == [way, "good"] * 4
    assert cached(tmp_path) == ALL_PACKED


def test_a_mirror_that_refuses_is_passed_over(
    server, refused, tiny, monkeypatch
):
    mirrors = (f"{refused}/good/", f"{server.url}/good/")
    monkeypatch.setattr(data, "MIRRORS", mirrors)
    assert_same(data.load_mnist(), tiny)


def test_the_first_mirror_is_enough_and_the_cache_after_it(
    server, refused, tiny, monkeypatch
):
    mirrors = (f"{server.url}/good/", f"{server.url}/forbidden/")
    monkeypatch.setattr(data, "MIRRORS", mirrors)
    assert_same(data.load_mnist(), tiny)
    assert server.asked == [("good", f"{name}.gz") for name in NAMES]
    monkeypatch.setattr(data, "MIRRORS", (f"{refused}/",))
    assert_same(data.load_mnist(), tiny)
    assert len(server.asked) == 4


def test_a_damaged_file_in_the_cache_is_fetched_again(
    server, tiny, tmp_path, monkeypatch
):
    monkeypatch.setattr(data, "MIRRORS", (f"{server.url}/good/",))
    data.load_mnist()
    (tmp_path / "plainnet" / f"{NAMES[1]}.gz").write_bytes(b"damaged")
    server.asked.clear()
    assert_same(data.load_mnist(), tiny)
    assert server.asked == [("good", f"{NAMES[1]}.gz")]


def test_downloads_are_announced(server, monkeypatch, capsys):
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    pooch.get_logger().addHandler(handler)
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    monkeypatch.setattr(data, "MIRRORS", (f"{server.url}/good/",))
    try:
        data.load_mnist()
        assert log.getvalue().count(f"{server.url}/good/") == 4
        assert "100%" in capsys.readouterr().err
        log.truncate(0)
        data.load_mnist()
        assert log.getvalue().strip("\0") == ""
        assert capsys.readouterr() == ("", "")
    finally:
        pooch.get_logger().removeHandler(handler)


def test_no_place_has_the_data(server, refused, tmp_path, monkeypatch):
    mirrors = [f"{server.url}/{way}/" for way in BAD_WAYS]
    monkeypatch.setattr(data, "TIMEOUT", (3, 0.75))
    monkeypatch.setattr(data, "MIRRORS", (*mirrors, f"{refused}/"))
    with pytest.raises(data.DatasetUnavailable) as e:
        data.load_mnist()
    message = str(e.value)
    for way in ("MNIST_DIR", "load_mnist()", 'source="openml"'):
        assert way in message
    for way, answer in BAD_WAYS.items():
        (line,) = [line for line in message.splitlines() if f"/{way}/" in line]
        assert answer.lower() in line.lower()
    assert f"{refused}/" in message
    assert "OpenML: URLError('offline')" in message
    # One file is enough to know; the other three cost no more waiting.
    assert {name for _, name in server.asked} == {f"{NAMES[0]}.gz"}
    assert cached(tmp_path) == []


def test_an_unwritable_cache_is_an_answer_like_others(tmp_path, monkeypatch):
    (tmp_path / "plainnet").write_text("a file where the cache should be")
    monkeypatch.setattr(data, "MIRRORS", ("http://127.0.0.1:9/",))
    with pytest.raises(data.DatasetUnavailable, match=r"127.0.0.1:9.*Error"):
        data.load_mnist()


def test_unknown_source():
    with pytest.raises(ValueError, match="got 'web'"):
        data.load_mnist("web")


def test_what_the_mirrors_are_asked_for():
    """No test asks them, so their addresses and hashes are pinned here."""
    source = Path(data.__file__).read_text(encoding="utf-8")
    for address in (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ):
        assert f'"{address}"' in source
    assert "yann.lecun.com" not in source
    hashes = [packed_sha256[:16] for *_, packed_sha256 in PUBLISHED.values()]
    assert list(PUBLISHED) == NAMES
    assert hashes == [
        "440fcabf73cc546f",
        "3552534a0a558bbe",
        "8d422c7b0a1c1c79",
        "f7ae60f92e00ec6d",
    ]
    assert {len(sha) for *_, sha in PUBLISHED.values()} == {64}
    assert max(data.TIMEOUT) < 10


# OpenML


@pytest.fixture
def openml(monkeypatch):
    """OpenML's table, as scikit-learn gives it, with every pixel a 7."""
    asked = []
    labels = np.array([str(i % 10) for i in range(70_000)], dtype=object)
    table = np.full((70_000, 784), 7, dtype=np.uint8)
    table[59_999], table[60_000] = 8, 9

    def fetch(name, **options):
        asked.append((name, options, socket.getdefaulttimeout()))
        warnings.warn("A network error occurred. Retrying...", stacklevel=2)
        return table, labels

    monkeypatch.setattr(datasets, "fetch_openml", fetch)
    return asked


def assert_openml(found):
    assert [array.shape for array in found] == [
        (60_000, 28, 28),
        (60_000,),
        (10_000, 28, 28),
        (10_000,),
    ]
    assert [array.dtype for array in found] == [np.uint8, np.int64] * 2
    assert found.X_train[0, 0, 0] == 7
    assert found.X_train[-1].tolist() == [[8] * 28] * 28
    assert found.X_test[0].tolist() == [[9] * 28] * 28
    assert found.y_train[:12].tolist() == [*range(10), 0, 1]
    assert found.y_test[-1] == 9


def test_openml_labels_are_strings(openml, tmp_path, monkeypatch):
    monkeypatch.setenv("MNIST_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setattr(data, "_download", pytest.fail)
    assert_openml(data.load_mnist(source="openml"))
    ((name, options, timeout),) = openml
    assert (name, options["version"]) == ("mnist_784", 1)
    assert options["as_frame"] is False
    assert timeout == data.TIMEOUT[1]
    assert socket.getdefaulttimeout() is None


def test_openml_comes_after_the_mirrors(openml, refused, monkeypatch):
    monkeypatch.setattr(data, "MIRRORS", (f"{refused}/",))
    assert_openml(data.load_mnist())
    assert len(openml) == 1


@pytest.mark.parametrize(
    ("table", "labels"),
    [
        (np.zeros((69_999, 784)), np.full(69_999, "1")),
        (np.zeros((70_000, 784)), np.full(70_000, "one")),
        (None, None),
    ],
)
def test_openml_sends_something_else(monkeypatch, table, labels):
    def fetch(*args, **options):
        return table, labels

    monkeypatch.setattr(datasets, "fetch_openml", fetch)
    with pytest.raises(data.DatasetUnavailable, match=r"OpenML: .*Error"):
        data.load_mnist(source="openml")


def test_openml_unreachable():
    """scikit-learn's own fetch_openml runs here, cut off from the network."""
    start = time.perf_counter()
    with pytest.raises(data.DatasetUnavailable, match="MNIST_DIR") as e:
        data.load_mnist(source="openml")
    assert "OpenML: URLError('offline')" in str(e.value)
    assert time.perf_counter() - start < 5
    assert socket.getdefaulttimeout() is None


# From images to inputs


def test_inputs_of_mnist_by_hand():
    images = np.zeros((2, 28, 28), np.uint8)
    images[1, 0, 1] = 255
    images[1, 2, 0] = 51
    rows = data.mnist_inputs(images)
    assert rows.shape == (2, 784)
    assert rows.dtype == np.float32
    paper = -0.1307 / 0.3081
    wanted = np.full((2, 784), paper)
    wanted[1, 1] = (1 - 0.1307) / 0.3081
    wanted[1, 56] = (0.2 - 0.1307) / 0.3081
    np.testing.assert_allclose(rows, wanted, rtol=1e-6)
    assert images[1, 0, 1] == 255


def test_inputs_do_not_depend_on_their_company():
    images = np.random.default_rng(0).integers(0, 256, (5, 28, 28), np.uint8)
    rows = data.mnist_inputs(images)
    for i in range(5):
        assert (data.mnist_inputs(images[i : i + 1]) == rows[i]).all()


@pytest.mark.parametrize(
    ("images", "said"),
    [
        (np.zeros((2, 784), np.uint8), r"uint8 of shape \(2, 784\)"),
        (np.zeros((2, 28, 28)), r"float64 of shape \(2, 28, 28\)"),
        (np.zeros((0, 28, 28), np.uint8), "at least one example"),
    ],
)
def test_inputs_of_other_arrays_are_refused(images, said):
    with pytest.raises(ValueError, match=said):
        data.mnist_inputs(images)


# The stand-in


def test_fall_back_comes_with_a_notice():
    found, notice = data.load_mnist_or_digits()
    for word in ("scikit-learn", "8x8", "MNIST_DIR", "network"):
        assert word in notice
    assert "\n" not in notice
    sizes = [len(array) for array in found]
    assert sizes == [1437, 1437, 360, 360]
    for images in (found.X_train, found.X_test):
        assert images.dtype == np.uint8
        assert images.shape[1:] == (28, 28)
    for labels in (found.y_train, found.y_test):
        assert labels.dtype == np.int64
        share = np.bincount(labels, minlength=10) / len(labels)
        assert np.abs(share - 0.1).max() < 0.01
    again, _ = data.load_mnist_or_digits()
    assert_same(found, again)


def test_notice_shows_itself_as_the_box_that_a_new_try_looks_for():
    _, notice = data.load_mnist_or_digits()
    shown = notice._repr_html_()
    assert shown.startswith('<div class="admonition warning stand-in">')
    assert shown.endswith(f"<p>{notice}</p></div>")
    assert "&lt;b&gt;" in type(notice)("<b>")._repr_html_()


def test_stand_in_is_the_small_digits_enlarged():
    found, _ = data.load_mnist_or_digits()
    images = np.concatenate([found.X_train, found.X_test])
    labels = np.concatenate([found.y_train, found.y_test])
    assert images.max() == 255
    framed = images.copy()
    framed[:, 4:24, 4:24] = 0
    assert not framed.any()
    # Corners and ends of a bilinear enlargement are the small image's own.
    small = images[:, 4:24, 4:24][:, ::19, ::19].reshape(-1, 4)
    X, y = data.load_digits()
    corners = np.round(X[:, [0, 7, 56, 63]] * 255 / 16)
    key = np.column_stack([labels, small])
    wanted = np.column_stack([y, corners])
    assert sorted(map(tuple, key)) == sorted(map(tuple, wanted))
    # Upright, not mirrored: each is most like its own small image.
    blocks = images[:, 4:24, 4:24].reshape(-1, 4, 5, 4, 5).mean((2, 4))
    means = X.reshape(-1, 4, 2, 4, 2).mean((2, 4))
    for digit in range(10):
        a = blocks[labels == digit].mean(0).ravel()
        b = means[y == digit].mean(0).ravel()
        assert np.corrcoef(a, b)[0, 1] > 0.97


def test_required_mnist_turns_the_fall_back_into_the_error(monkeypatch):
    monkeypatch.setenv("REQUIRE_MNIST", "1")
    with pytest.raises(data.DatasetUnavailable, match="three ways"):
        data.load_mnist_or_digits()
    monkeypatch.setenv("REQUIRE_MNIST", "0")
    assert data.load_mnist_or_digits()[1]


# The small digits


def test_load_digits_all():
    X, y = data.load_digits()
    assert X.shape == (1797, 64)
    assert X.dtype == np.float64
    assert y.dtype == np.int64
    assert (X.min(), X.max()) == (0, 16)
    bunch = datasets.load_digits()
    np.testing.assert_array_equal(X, bunch.data)
    np.testing.assert_array_equal(y, bunch.target)


@pytest.mark.parametrize(
    "classes", [(0, 1), [1, 0], range(2), np.array([0, 1])]
)
def test_load_digits_zero_and_one(classes):
    X, y = data.load_digits(classes)
    assert np.bincount(y).tolist() == [178, 182]
    all_X, all_y = datasets.load_digits(return_X_y=True)
    np.testing.assert_array_equal(X, all_X[all_y < 2])


@pytest.mark.parametrize("bad", [10, -1, 2.5, "3"])
def test_load_digits_names_the_class_that_does_not_exist(bad):
    with pytest.raises(ValueError, match=f"0 to 9, got {bad!r}"):
        data.load_digits([0, bad])


@pytest.mark.parametrize("bad", [(), [], 3, "01"])
def test_load_digits_needs_a_list_of_classes(bad):
    with pytest.raises(ValueError, match="classes must list digits"):
        data.load_digits(bad)


# One-hot rows and minibatches


@given(st.data(), st.integers(1, 12))
def test_one_hot_is_undone_by_argmax(draw, classes):
    values = draw.draw(
        st.lists(st.integers(0, classes - 1), min_size=1, max_size=30)
    )
    rows = data.one_hot(np.array(values), classes)
    assert rows.dtype == np.float32
    assert rows.shape == (len(values), classes)
    assert rows.argmax(axis=1).tolist() == values
    assert (np.sort(rows, axis=1)[:, :-1] == 0).all()
    assert (rows.max(axis=1) == 1).all()
    rows[0] = 5
    assert data.one_hot([0], classes).sum() == 1


@pytest.mark.parametrize(
    ("labels", "classes", "error", "message"),
    [
        (np.array([0, 3]), 3, ValueError, r"0\.\.2"),
        (np.array([0, -1]), 3, ValueError, r"0\.\.2"),
        (np.array([[0], [1]]), 3, ValueError, "shape"),
        (np.array([0.0, 1.0]), 3, TypeError, "integers"),
        (np.array(["0", "1"]), 3, TypeError, "integers"),
        (np.array([], dtype=int), 3, ValueError, "at least one"),
        (np.array([0, 1]), 0, ValueError, "classes"),
        (np.array([0, 1]), 2.0, TypeError, "classes"),
    ],
)
def test_one_hot_refuses(labels, classes, error, message):
    with pytest.raises(error, match=message):
        data.one_hot(labels, classes)


@given(
    n=st.integers(1, 60),
    batch_size=st.integers(1, 70),
    seed=st.integers(0, 2**32),
    shuffle=st.booleans(),
)
def test_minibatches_are_a_partition_of_the_epoch(
    n, batch_size, seed, shuffle
):
    X = np.column_stack([np.arange(n), -np.arange(n)])
    y = np.arange(n)
    rng = np.random.default_rng(seed)
    batches = list(data.minibatches(X, y, batch_size, rng, shuffle))
    sizes = [len(batch_y) for _, batch_y in batches]
    full, rest = divmod(n, batch_size)
    assert sizes == [batch_size] * full + [rest] * (rest > 0)
    for batch_X, batch_y in batches:
        np.testing.assert_array_equal(batch_X[:, 0], batch_y)
        np.testing.assert_array_equal(batch_X[:, 1], -batch_y)
    seen = np.concatenate([batch_y for _, batch_y in batches])
    order = np.arange(n)
    if shuffle:
        order = np.random.default_rng(seed).permutation(n)
    np.testing.assert_array_equal(seen, order)


def test_minibatches_order_changes_with_each_epoch():
    X, rng = np.arange(100), np.random.default_rng(0)
    first, second = (
        np.concatenate([y for _, y in data.minibatches(X, X, 7, rng)])
        for _ in range(2)
    )
    assert (first != second).any()
    assert (first != X).any()


@pytest.mark.parametrize("shuffle", [True, False])
def test_minibatches_are_copies(shuffle):
    X, y = np.zeros((6, 2)), np.zeros(6)
    rng = np.random.default_rng(0)
    for batch_X, batch_y in data.minibatches(X, y, 4, rng, shuffle):
        batch_X += 1
        batch_y += 1
    assert not X.any()
    assert not y.any()


def test_minibatches_keep_dtype_and_take_lists():
    X = np.ones((5, 3), dtype=np.float32)
    rng = np.random.default_rng(0)
    batch_X, batch_y = next(data.minibatches(X, [0, 1, 2, 3, 4], 5, rng))
    assert batch_X.dtype == np.float32
    assert sorted(batch_y.tolist()) == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("n", "m", "batch_size", "rng", "error", "message"),
    [
        (4, 3, 2, np.random.default_rng(0), ValueError, "one row for each"),
        (0, 0, 2, np.random.default_rng(0), ValueError, "at least one"),
        (4, 4, 0, np.random.default_rng(0), ValueError, "batch_size"),
        (4, 4, -1, np.random.default_rng(0), ValueError, "batch_size"),
        (4, 4, 2.0, np.random.default_rng(0), TypeError, "batch_size"),
        (4, 4, 2, 0, TypeError, "rng"),
        (4, 4, 2, np.random.RandomState(0), TypeError, "rng"),
        (4, 4, 2, None, TypeError, "rng"),
    ],
)
def test_minibatches_refuse_at_the_call(n, m, batch_size, rng, error, message):
    with pytest.raises(error, match=message):
        data.minibatches(np.zeros((n, 2)), np.zeros(m), batch_size, rng)


# Toy sets


@pytest.mark.parametrize(
    "make",
    [data.make_line, data.make_blobs, data.make_moons, data.make_spirals],
)
class TestToySets:
    def test_shape_and_dtype(self, make):
        for n in (1, 2, 51):
            X, y = make(n, np.random.default_rng(0))
            columns = 1 if make is data.make_line else 2
            assert X.shape == (n, columns)
            assert y.shape == (n,)
            assert X.dtype == np.float64
            whole = make is not data.make_line
            assert y.dtype == (np.int64 if whole else np.float64)
            if whole:
                counts = np.bincount(y, minlength=2)
                assert len(counts) == 2
                assert abs(counts[0] - counts[1]) <= 1

    def test_comes_from_the_generator_alone(self, make):
        rng = np.random.default_rng(3)
        np.random.seed(0)  # noqa: NPY002
        first, second = make(30, rng), make(30, rng)
        np.random.seed(1)  # noqa: NPY002
        again = make(30, np.random.default_rng(3))
        np.testing.assert_array_equal(first.X, again.X)
        np.testing.assert_array_equal(first.y, again.y)
        assert (first.X != second.X).any()

    def test_refuses(self, make):
        with pytest.raises(ValueError, match="n must be at least 1"):
            make(0, np.random.default_rng(0))
        with pytest.raises(TypeError, match="n must be a whole number"):
            make(5.0, np.random.default_rng(0))
        with pytest.raises(TypeError, match="rng"):
            make(5, 0)


def test_line_has_its_slope_intercept_and_noise():
    rng = np.random.default_rng(0)
    X, y = data.make_line(50_000, rng, slope=-3.0, intercept=0.5, noise=0.2)
    slope, intercept = np.polyfit(X[:, 0], y, 1)
    assert abs(slope + 3) < 0.01
    assert abs(intercept - 0.5) < 0.01
    assert abs(np.std(y + 3 * X[:, 0] - 0.5) - 0.2) < 0.01
    assert X.min() >= 0
    assert 1.99 < X.max() < 2
    clean = data.make_line(9, rng, noise=0.0)
    np.testing.assert_allclose(clean.y, 2 * clean.X[:, 0] + 1)


def test_blobs_are_two_round_clouds():
    X, y = data.make_blobs(20_000, np.random.default_rng(0))
    for label, centre in ((0, -1.5), (1, 1.5)):
        cloud = X[y == label]
        np.testing.assert_allclose(cloud.mean(0), centre, atol=0.05)
        np.testing.assert_allclose(np.cov(cloud.T), np.eye(2), atol=0.06)


def test_moons_without_noise_are_half_circles():
    X, y = data.make_moons(200, np.random.default_rng(0), noise=0.0)
    centre = np.where(y[:, None] == 0, (0.0, 0.0), (1.0, 0.5))
    radius = np.linalg.norm(X - centre, axis=1)
    np.testing.assert_allclose(radius, 1)
    noisy = data.make_moons(200, np.random.default_rng(0), noise=0.3)
    assert np.abs(noisy.X - X).std() > 0.1


def test_xor():
    X, y = data.make_xor()
    assert X.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    assert y.tolist() == [0, 1, 1, 0]
    assert (X.dtype, y.dtype) == (np.float64, np.int64)


def test_spirals_wind_and_are_opposite():
    rng = np.random.default_rng(0)
    X, y = data.make_spirals(4_000, rng, turns=2.0, noise=0.0)
    radius = np.linalg.norm(X, axis=1)
    assert 0.99 < radius.max() <= 1
    turned = np.where(y[:, None] == 1, -X, X)
    angle = 2 * np.pi * 2.0 * radius
    wanted = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    np.testing.assert_allclose(turned, wanted, atol=1e-12)
    # Even over the area of the disc: half the points lie beyond 1 / sqrt(2).
    assert abs(np.mean(radius > 0.5**0.5) - 0.5) < 0.03
    noisy = data.make_spirals(4_000, np.random.default_rng(0), noise=0.2)
    clean = data.make_spirals(4_000, np.random.default_rng(0), noise=0.0)
    assert abs(np.std(noisy.X - clean.X) - 0.2) < 0.01


# The real data


@pytest.fixture
def real_folder():
    if not REAL_FOLDER:
        if REQUIRED:
            pytest.fail("REQUIRE_MNIST=1 needs MNIST_DIR for this test")
        pytest.skip("MNIST_DIR is not set: no real MNIST to read")
    return Path(REAL_FOLDER).expanduser()


def test_real_mnist(real_folder):
    start = time.process_time()
    tracemalloc.start()
    try:
        found = data.load_mnist(directory=real_folder)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert time.process_time() - start < 10
    assert peak < 160e6
    assert found.X_train.shape == (60_000, 28, 28)
    assert found.X_test.shape == (10_000, 28, 28)
    assert found.y_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert np.bincount(found.y_train).sum() == 60_000
    # The counts that LeCun's test set is known by.
    assert np.bincount(found.y_test).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009
    ]  # fmt: skip
    # The mean and deviation that everyone normalises with.
    assert round(float(found.X_train.mean() / 255), 4) == 0.1307
    assert round(float(found.X_train.std() / 255), 4) == 0.3081


def test_real_mnist_with_one_pixel_changed(real_folder, tmp_path):
    for path in real_folder.iterdir():
        if path.name.startswith(tuple(NAMES)):
            shutil.copyfile(path, tmp_path / path.name)
    X = data.load_mnist(directory=tmp_path).X_test
    X[9_999, 14, 14] ^= 1
    (tmp_path / NAMES[2]).write_bytes(idx_bytes(X))
    with pytest.raises(ValueError, match=f"{NAMES[2]} does not hold"):
        data.load_mnist(directory=tmp_path)


def test_real_csv_equals_real_idx(real_folder, tmp_path):
    _, _, X, y = data.load_mnist(directory=real_folder)
    path = tmp_path / "mnist_test.csv"
    path.write_bytes(csv_bytes(X[:2_000], y[:2_000]))
    from_csv = data.read_csv(path)
    np.testing.assert_array_equal(from_csv.X, X[:2_000])
    np.testing.assert_array_equal(from_csv.y, y[:2_000])
