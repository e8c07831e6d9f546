"""The folder of files that the page is made of, as the server and a static site have it."""

import gzip

import pytest

from demo.export import DIGITS_FROM_DISK, _from_disk
from demo.site import FOLDER
from model.paths import DATA


@pytest.mark.parametrize(
    "name", ["page/pad/pad.js", "style.css", "network.json", "mini-test-set.bin", "handout/handout.html"]
)
def test_a_file_is_served_and_only_when_it_is_new(http, name):
    answer = http.get(f"/{FOLDER}/{name}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"
    again = http.get(f"/{FOLDER}/{name}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_texts_are_compressed_and_what_is_compressed_already_is_not(http):
    assert "content-encoding" in http.get(f"/{FOLDER}/page/pad/pad.js").headers
    name = "t10k-images-idx3-ubyte.gz"
    answer = http.get(f"/{FOLDER}/mnist/{name}")
    assert answer.content == (DATA / "MNIST" / "raw" / name).read_bytes()
    assert "content-encoding" not in answer.headers
    assert int(answer.headers["content-length"]) == len(answer.content)


@pytest.mark.parametrize(
    "path", ["", "data/pretrained.pt", "page/pad/pad.html", "../app.py", "%2e%2e/app.py", "none.js"]
)
def test_nothing_else_is_served(http, path):
    assert http.get(f"/{FOLDER}/{path}").status_code == 404


@pytest.mark.parametrize("kind", ["images-idx3", "labels-idx1"])
def test_a_page_from_disk_has_the_first_of_mnists_digits(kind):
    name = f"train-{kind}-ubyte.gz"
    all_of_it = gzip.decompress((DATA / "MNIST" / "raw" / name).read_bytes())
    first = gzip.decompress(_from_disk(DATA / "MNIST" / "raw" / name, f"mnist/{name}"))
    assert int.from_bytes(first[4:8], "big") == DIGITS_FROM_DISK
    header, each = (16, 784) if "images" in kind else (8, 1)
    assert len(first) == header + each * DIGITS_FROM_DISK
    assert first[8:] == all_of_it[8 : len(first)]
