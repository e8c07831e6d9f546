"""The settings of a launch: flags, environment variables, and what is wrong with them."""

import pytest

from demo.settings import parse_settings
from model.training.recipe import Recipe

VARIABLES = ("HOST", "PORT", "DATA", "CHECKPOINT", "RECIPE", "RETRAIN", "SHARE")


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(f"DIGITS_{name}", raising=False)


def test_each_flag_has_an_environment_variable(monkeypatch):
    flags = ["--host", "127.0.0.1", "--port", "7777", "--data", "a", "--checkpoint", "b", "--recipe", "baseline,seed=3"]
    by_flag = parse_settings([*flags, "--retrain", "--share"])
    for name, value in zip(flags[::2], flags[1::2], strict=True):
        monkeypatch.setenv("DIGITS_" + name.strip("-").upper(), value)
    monkeypatch.setenv("DIGITS_RETRAIN", "1")
    monkeypatch.setenv("DIGITS_SHARE", "yes")
    assert parse_settings([]) == by_flag
    assert by_flag.recipe == Recipe(seed=3)
    assert parse_settings(["--port", "8888"]).port == 8888


def test_help_names_every_variable(capsys):
    with pytest.raises(SystemExit) as ended:
        parse_settings(["--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert all(f"[DIGITS_{name}]" in "".join(told.split()) for name in VARIABLES)


@pytest.mark.parametrize(
    ("flag", "value", "told"),
    [
        *(("port", port, "a number from 1 to 65535") for port in ("0", "http", "9" * 5000)),
        *(("host", host, "not an address of this machine") for host in ("192.0.2.1", "a..b")),
        ("recipe", "none", "There is no recipe 'none'"),
        ("recipe", "baseline,epochs=0", "from 1 to 1,000"),
    ],
)
@pytest.mark.parametrize("source", ["flag", "variable"])
def test_what_a_setting_cannot_be(monkeypatch, capsys, flag, value, told, source):
    if source == "variable":
        monkeypatch.setenv(f"DIGITS_{flag.upper()}", value)
    with pytest.raises(SystemExit) as ended:
        parse_settings([f"--{flag}={value}"] if source == "flag" else [])
    assert ended.value.code == 2
    assert told in capsys.readouterr().err
