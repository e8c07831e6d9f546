"""The settings of a launch, from the command line and the environment."""

import argparse
import socket

from model.flags import add_flag, add_model_flags


def parse_settings(arguments: list[str] | None = None) -> argparse.Namespace:
    """The settings from the command line and the environment."""
    parser = argparse.ArgumentParser(
        description="Draw a digit in the browser and watch a small neural network recognize it. "
        "The network is trained at the first launch and saved.",
        epilog="Each flag can also be set by the environment variable in brackets.",
    )
    add_flag(
        parser,
        "host",
        "address to serve on; 0.0.0.0 lets other machines connect (default: this machine only)",
        type=_host,
    )
    add_flag(parser, "port", "port to serve on (default: the first free one from 7860)", type=_port)
    add_model_flags(parser)
    add_flag(parser, "retrain", "train again even if there is a checkpoint", action="store_true")
    add_flag(parser, "share", "also open a public link through Gradio's relay, for a week", action="store_true")
    return parser.parse_args(arguments)


def can_bind(host: str, port: int) -> bool:
    """Whether a server can listen on a port (0: any) of an address of this machine."""
    try:
        for family, kind, protocol, _, address in socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM):
            with socket.socket(family, kind, protocol) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(address)
    except (OSError, UnicodeError):
        return False
    return True


def _host(text: str) -> str:
    # Gradio would try a hundred ports on an address that is not this machine's, five seconds each.
    if not can_bind(text, 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not an address of this machine.")
    return f"[{text}]" if ":" in text and not text.startswith("[") else text  # IPv6, as it stands in addresses


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text[:9]) <= 65_535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: a port is a number from 1 to 65535.")
    return int(text)
