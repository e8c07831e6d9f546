"""`python app.py`, from the first launch on, whatever befalls it."""

import re
import socket
import time

import pytest

from demo.settings import parse_settings
from model import checkpoint
from model.opening import open_classifier
from model.recipe import Recipe, parse_recipe
from tests.launching import OFFLINE, Launch

SHORT = "chapter,epochs=1"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "checkpoints" / "mlp.pt"


@pytest.fixture
def flags(path, mnist_folder):
    return "--checkpoint", path, "--data", mnist_folder, "--recipe", SHORT


def test_trains_saves_serves_and_then_loads(tmp_path, path, flags):
    with Launch(tmp_path / "first", *flags) as first:
        first.wait_until_serving()
        trained = checkpoint.load(path)
        assert trained.recipe == parse_recipe(SHORT)
        assert trained.test_accuracy > 0.9
        lines = first.said.splitlines()
        assert lines[0].startswith("Training by the recipe chapter, changed: ")
        assert re.fullmatch(r"epoch 1/1 .* on the test set +9\d\.\d\d%", lines[1])
        assert lines[2].startswith("Training the guard")
        assert lines[3] == f"Saved {path}."
        assert first.interrupt() in (0, 130)  # as it was caught serving or still opening
        assert "Traceback" not in first.said
    with Launch(tmp_path / "second", *flags) as second:
        second.wait_until_serving()
        assert second.said.startswith(f"Loaded {path} (")
        assert "Training" not in second.said
    assert checkpoint.load(path).fingerprint() == trained.fingerprint()


def test_without_data_and_network_the_one_that_came_along_reads(tmp_path, path):
    with Launch(tmp_path / "log", "--checkpoint", path, command=("-c", OFFLINE, tmp_path / "data")) as launch:
        launch.wait_until_serving()
        asked, fell_back, *_ = launch.said.splitlines()
    assert asked == "Downloading MNIST from http://127.0.0.1:9/"
    assert "Connection refused" in fell_back
    assert fell_back.endswith("Until then, the network that came along reads (pretrained.pt).")
    assert not path.exists()
    assert not list((tmp_path / "data").glob("*"))


@pytest.mark.parametrize("moment", ["Training", "on the test set"])
def test_killed_on_the_way_the_next_launch_works(tmp_path, path, flags, mnist_folder, moment):
    with Launch(tmp_path / "log", *flags) as launch:
        launch.wait_until_said(moment)
    opened = open_classifier(path, mnist_folder, parse_recipe(SHORT), say=lambda sentence: None)
    assert checkpoint.load(path).fingerprint() == opened.classifier.fingerprint()


def test_interrupted_while_training(tmp_path, path, flags):
    with Launch(tmp_path / "log", *flags, "--recipe", "chapter,epochs=100") as launch:
        launch.wait_until_said("on the test set")
        assert launch.interrupt() == 130
        assert launch.said.splitlines()[-1] == "Stopped."
        assert "Traceback" not in launch.said
    assert not path.exists()


def test_two_launches_at_once(tmp_path, path, flags):
    with Launch(tmp_path / "one", *flags) as one, Launch(tmp_path / "two", *flags) as two:
        for launch in (one, two):
            launch.wait_until_serving()
        assert "Traceback" not in one.said + two.said
    assert checkpoint.load(path).recipe == parse_recipe(SHORT)
    assert [entry.name for entry in path.parent.iterdir()] == ["mlp.pt"]


def test_a_port_in_use(tmp_path, path, pretrained):
    checkpoint.save(pretrained, path)
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with Launch(tmp_path / "log", "--checkpoint", path, port=port) as launch:
            assert launch.end() == 1
            loaded, *rest = launch.said.splitlines()
    assert loaded.startswith("Loaded ")
    assert rest == [f"Port {port} is in use, or reserved: choose another with --port."]


# --- settings --------------------------------------------------------------------------------------------------------

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
    flags = ["--host", "127.0.0.1", "--port", "7777", "--data", "a", "--checkpoint", "b", "--recipe", "chapter,seed=3"]
    by_flag = parse_settings([*flags, "--retrain", "--share"])
    for name, value in zip(flags[::2], flags[1::2], strict=True):
        monkeypatch.setenv("DIGITS_" + name.strip("-").upper(), value)
    monkeypatch.setenv("DIGITS_RETRAIN", "1")
    monkeypatch.setenv("DIGITS_SHARE", "yes")
    assert parse_settings([]) == by_flag
    assert by_flag.recipe == Recipe(seed=3)
    assert parse_settings(["--port", "8888"]).port == 8888


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
        *(("host", host, "no address of this machine") for host in ("192.0.2.1", "no-host.invalid", "a..b", "x" * 99)),
        ("recipe", "none", "There is no recipe 'none'"),
        ("recipe", "chapter,epochs=0", "from 1 to 1,000"),
    ],
)
@pytest.mark.parametrize("way", ["flag", "variable"])
def test_what_a_setting_cannot_be(monkeypatch, capsys, flag, value, told, way):
    if way == "variable":
        monkeypatch.setenv(f"DIGITS_{flag.upper()}", value)
    with pytest.raises(SystemExit) as ended:
        parse_settings([f"--{flag}={value}"] if way == "flag" else [])
    assert ended.value.code == 2
    assert told in capsys.readouterr().err


def test_a_host_that_is_not_this_machine_is_refused_at_once():
    began = time.monotonic()
    with pytest.raises(SystemExit):
        parse_settings(["--host", "192.0.2.1"])
    assert time.monotonic() - began < 5
