"""The settings of a launch, from the command line and the environment."""

import argparse
import socket

from model.settings import add_flag, add_model_flags


def parse_settings(arguments: list[str] | None = None) -> argparse.Namespace:
    """The settings from the command line and the environment."""
    parser = argparse.ArgumentParser(
        description="Draw a digit in the browser and watch a small neural network read it. "
        "Trains the network at the first launch, and keeps it.",
        epilog="Each flag can be given as the environment variable in brackets instead.",
    )
    add_flag(
        parser,
        "host",
        "address to serve on; 0.0.0.0 lets other machines in (default: this machine alone)",
        type=_host,
    )
    add_flag(parser, "port", "port to serve on (default: the first free one from 7860)", type=_port)
    add_model_flags(parser)
    add_flag(parser, "retrain", "train anew even though there is a checkpoint", action="store_true")
    add_flag(parser, "share", "also open a public link through Gradio's relay, for a week", action="store_true")
    return parser.parse_args(arguments)


def _host(text: str) -> str:
    """An address of this machine. Gradio would try a hundred ports on any other, five seconds each."""
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(text.strip("[]"), 0, type=socket.SOCK_STREAM):
            with socket.socket(family, kind, protocol) as probe:
                probe.bind(address)
    except (OSError, UnicodeError):
        raise argparse.ArgumentTypeError(f"{text!r} is no address of this machine.") from None
    return text


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:9]) <= 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: a port is a number from 1 to 65535.")
    return int(text)
