"""Pen strokes in the UNIPEN format."""

import gzip

from model.data.unipen import WrittenDigit, load_written_digits
from model.paths import PEN_STROKES

UNIPEN = """.VERSION 1.0
 1 2
.PEN_DOWN
 3 4
.PEN_UP
.SEGMENT DIGIT 0-1 ? "7"
.COMMENT 7 12 3
.PEN_DOWN
 100 300
 200 300
 150 100
.PEN_UP
.DT 100
.PEN_DOWN
.PEN_UP
.PEN_DOWN
 120 200
 180 200
.PEN_UP
.SEGMENT DIGIT 2 ? "1"
.PEN_DOWN
 10 90
 10 10
.PEN_UP
"""
SEVEN = WrittenDigit(7, [[(100, -300), (200, -300), (150, -100)], [(120, -200), (180, -200)]], writer=12)
ONE = WrittenDigit(1, [[(10, -90), (10, -10)]])


def test_digits_are_parsed_with_y_pointing_down(tmp_path):
    (tmp_path / "two.unipen").write_text(UNIPEN)
    (tmp_path / "two.unipen.gz").write_bytes(gzip.compress(UNIPEN.encode()))
    for name in ("two.unipen", "two.unipen.gz"):
        assert load_written_digits(tmp_path / name) == [SEVEN, ONE]


def test_the_data_set_has_30_writers(shared):
    digits = load_written_digits(shared / PEN_STROKES)
    assert len(digits) == 7_494
    assert {digit.writer for digit in digits} == set(range(1, 31))
    assert all(digit.strokes and 0 <= digit.label <= 9 for digit in digits)
