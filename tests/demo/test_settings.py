"""The settings of a launch: flags, environment variables, and what is wrong with them."""

import pytest

from demo.settings import can_bind, parse_settings
from model.training.recipe import Recipe

VARIABLES = ("HOST", "PORT", "DATA", "CHECKPOINT", "RECIPE", "RETRAIN", "SHARE")


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in VARIABLES:
        monkeypatch.delenv(f"DIGITS_{name}", raising=False)


def test_defaults():
    settings = vars(parse_settings([]))
    assert settings.pop("checkpoint").as_posix().endswith("/checkpoints/mlp.pt")
    assert settings == dict.fromkeys(("host", "port", "data", "recipe")) | {"retrain": False, "share": False}


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


@pytest.mark.skipif(not can_bind("::1", 0), reason="needs IPv6")
def test_an_ipv6_address_is_written_as_in_the_pages_address():
    assert [parse_settings(["--host", host]).host for host in ("::1", "[::1]")] == ["[::1]"] * 2


def test_an_empty_variable_is_none(monkeypatch):
    for name in VARIABLES:
        monkeypatch.setenv(f"DIGITS_{name}", "")
    assert vars(parse_settings([]))["data"] is None
    assert not parse_settings([]).share


def test_a_switch_that_is_neither_on_nor_off(monkeypatch, capsys):
    monkeypatch.setenv("DIGITS_SHARE", "maybe")
    with pytest.raises(SystemExit):
        parse_settings([])
    assert "DIGITS_SHARE must be one of" in capsys.readouterr().err


def test_help_names_every_variable(capsys):
    with pytest.raises(SystemExit) as ended:
        parse_settings(["--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert all(f"[DIGITS_{name}]" in "".join(told.split()) for name in VARIABLES)


@pytest.mark.parametrize(
    ("flag", "value", "told"),
    [
        *(("port", port, "a number from 1 to 65535") for port in ("0", "-1", "65536", "http", "7860.0", "9" * 5000)),
        *(
            ("host", host, "not an address of this machine")
            for host in ("192.0.2.1", "no-host.invalid", "a..b", "x" * 99)
        ),
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
