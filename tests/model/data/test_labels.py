"""The labels of a stack."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.data.labels import MAX_BYTES, LabelsError, load_labels


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.lists(st.integers(0, 9)), st.randoms(use_true_random=False), st.sampled_from(["\n", "\r\n", "\n\n"]))
def test_labels_come_in_the_order_of_the_drawings(tmp_path_factory, labels, random, newline):
    rows = [f" {index} , {label}" for index, label in enumerate(labels)]
    random.shuffle(rows)
    path = tmp_path_factory.getbasetemp() / "labels.csv"
    path.write_text(newline.join(["index, label", *rows]), encoding="utf-8-sig")
    assert load_labels(path, len(labels)) == labels


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "The first line must be index,label."),
        ("number,digit\n0,7\n", "The first line must be index,label."),
        ("index,label\n0,7\n1,3\n3,7\n", "Line 4: '3' is not the index of a drawing (0 to 2)."),
        ("index,label\n-1,7\n", "Line 2: '-1' is not the index of a drawing (0 to 2)."),
        ("index,label\n0,ten\n", "Line 2: the label must be a digit from 0 to 9, not 'ten'."),
        ("index,label\n0,10\n", "Line 2: the label must be a digit from 0 to 9, not '10'."),
        ("index,label\n0,²\n", "Line 2: the label must be a digit from 0 to 9, not '²'."),
        ("index,label\n0,7,1\n", "Line 2 must be an index and a label, with a comma between them."),
        ("index,label\n0,7\n0,7\n", "Line 3: drawing 0 has a label already."),
        ("index,label\n0,7\n", "2 of 3 drawings have no label; the first is 1."),
        (b"\xff\xfe\x00", "The file is not CSV text."),
        (None, "There is no such file."),
    ],
)
def test_files_that_do_not_label_the_drawings(tmp_path, text, message):
    path = tmp_path / "labels.csv"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(LabelsError) as caught:
        load_labels(path, 3)
    assert str(caught.value) == message


def test_what_is_no_file_or_far_too_large(tmp_path):
    with pytest.raises(LabelsError, match="can't be opened"):
        load_labels(tmp_path, 3)
    with (tmp_path / "huge.csv").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(LabelsError, match="20 MB"):
        load_labels(tmp_path / "huge.csv", 3)
