"""The log: one line per event, and not too many of them."""

import json
import logging

import pytest

from demo.server.log import LINES, Log, log, take_over_logs


def test_a_flood_is_left_out_of_the_log_and_counted(capsys):
    now = 0.0
    limited = Log(clock=lambda: now)
    for _ in range(1_000):
        limited.write("fault", "A line.")
    assert capsys.readouterr().err == "A line.\n" * LINES
    now = 1.0
    limited.write("fault", "Another.")
    assert capsys.readouterr().err == f"{1_000 - LINES} lines were left out of the log.\nAnother.\n"


def test_as_json_each_event_is_an_object_in_a_line(capsys):
    as_json = Log()
    as_json.format = "json"
    as_json.write("fault", "It failed:\nLookupError.", path="/predict")
    (line,) = capsys.readouterr().err.splitlines()
    entry = json.loads(line)
    assert entry.pop("time").endswith("+00:00")
    assert entry == {"event": "fault", "message": "It failed: LookupError.", "path": "/predict"}


@pytest.fixture
def restored():
    yield
    log.format = "text"


def test_what_the_web_server_logs_is_a_line_each_too(restored, capsys):
    take_over_logs("json")
    assert log in logging.getLogger("uvicorn.error").filters
    try:
        raise ZeroDivisionError
    except ZeroDivisionError as error:
        raised = (type(error), error, error.__traceback__)
    record = logging.LogRecord("uvicorn.error", logging.ERROR, "", 0, "Exception in ASGI application\n", (), raised)
    fresh = Log()
    assert not any(fresh.filter(record) for _ in range(1_000))
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == LINES
    assert lines[0].startswith("Exception in ASGI application ZeroDivisionError in ")
