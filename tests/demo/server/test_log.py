"""The limit for log lines."""

import logging

from demo.server.log import LINES, LineLimit, limit_logs, lines


def test_a_flood_is_left_out_of_the_log_and_counted(capsys):
    now = 0.0
    limit = LineLimit(clock=lambda: now)
    for _ in range(1_000):
        limit.say("A line.")
    assert capsys.readouterr().err == "A line.\n" * LINES
    now = 1.0
    limit.say("Another.")
    assert capsys.readouterr().err == f"{1_000 - LINES} lines were left out of the log.\nAnother.\n"


def test_what_the_web_server_logs_is_limited():
    limit_logs()
    assert lines in logging.getLogger("uvicorn.error").filters
    record = logging.LogRecord("uvicorn.error", logging.WARNING, "", 0, "Invalid HTTP request received.", (), None)
    limit = LineLimit()
    assert sum(limit.filter(record) for _ in range(1_000)) < LINES + 5
