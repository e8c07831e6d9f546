"""What a hostile visitor sends: requests of every kind to every way into the served page, drawn by Hypothesis."""

import base64
import io
import json
import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any
from urllib.parse import quote

import h11
import httpx
import numpy as np
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms

from model.data.pen import CANVAS_SIDE

JSON = {"Content-Type": "application/json"}
API = "/gradio_api"
ROOT_PATH = "/digits"  # that the server is told of
ENCODINGS = st.sampled_from(["utf-8", "utf-8", "utf-16", "utf-32", "utf-7"])
SAFE = "/%:.?=&~;,@[]"  # what is sent in paths as it is


@dataclass
class Request:
    """One request; `kind` is what it is counted as."""

    kind: str
    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | Iterator[bytes] = b""

    def send(self, visitor: httpx.Client) -> tuple[int, bytes]:
        """Its status and content; (0, b"") where the server closed the connection, or it can't even be sent."""
        url = httpx.URL(visitor.base_url).copy_with(raw_path=quote(self.path, SAFE, errors="replace").encode())
        try:
            with visitor.stream(self.method, url, headers=self.headers, content=self.body) as answer:
                if "event-stream" in answer.headers.get("content-type", ""):
                    return answer.status_code, next(answer.iter_raw(), b"")  # it may stay open for long
                return answer.status_code, answer.read()
        except (httpx.HTTPError, httpx.InvalidURL, h11.ProtocolError, UnicodeError):
            return 0, b""


# --- values ----------------------------------------------------------------------------------------------------------


def nested(depth: int, brackets: str = "[]") -> str:
    """JSON of so many lists or objects in each other."""
    return brackets[0] * depth + brackets[1] * depth if brackets == "[]" else '{"a":' * depth + "1" + "}" * depth


SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.sampled_from([math.nan, math.inf, -math.inf, 1e308, 10**400, -0.0, 2**53]),
    st.text(max_size=30),
    st.sampled_from(["", "\0", "../../etc/passwd", "<img src=x onerror=alert(1)>", "{{value}}", "${1}", "é" * 999]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=20,
)
DEEP = st.builds(nested, st.sampled_from([20, 31, 33, 200, 900, 5_000, 100_000]), st.sampled_from(["[]", "{}"]))
WIDE = st.sampled_from(["[" + "1," * 500_000 + "1]", "[" + "[]," * 300_000 + "[]]", '"' + "x" * 900_000 + '"'])
SESSIONS = st.one_of(st.uuids().map(str), st.sampled_from(["", "a", "x" * 500]), VALUES)


def packed(content: bytes) -> str:
    """As the pad packs its ink."""
    return base64.b64encode(zlib.compress(content)).decode()


INK = packed(bytes(CANVAS_SIDE * CANVAS_SIDE))
BOMB = packed(bytes(7_000_000))
STEPS = {"crop": True, "square": True, "resize": True, "center": True}
DRAWINGS = st.fixed_dictionaries(
    {
        "ink": st.sampled_from([INK, BOMB, INK[:-9], INK * 100, ""]) | VALUES,
        "steps": st.just(STEPS) | VALUES,
        "network": st.text(max_size=70) | VALUES,
    }
)
PATHS = st.sampled_from(
    [
        *(
            "/etc/passwd",
            "../../../../etc/passwd",
            "..%2f..%2f..%2fetc%2fpasswd",
            "%2e%2e/%2e%2e/etc/passwd",
            "//etc/passwd",
        ),
        *(
            "....//....//etc/passwd",
            "..\\..\\windows\\win.ini",
            "C:\\boot.ini",
            "/proc/self/environ",
            "/dev/zero",
            "app.py",
        ),
        *(
            "http://127.0.0.1:9/a",
            "http://169.254.169.254/latest",
            "http://0/",
            "file:///etc/passwd",
            "http://8.8.8.8/a.png",
        ),
        *("a\0.png", "%00", "", ".", "..", "/", "x" * 5_000, "\u202e/etc", "data:;base64,aa", ".git/config", "~/.ssh"),
    ]
)
FILES = st.fixed_dictionaries(
    {"path": PATHS | VALUES},
    optional={
        "meta": st.just({"_type": "gradio.FileData"}) | VALUES,
        "url": PATHS | VALUES,
        "is_stream": VALUES,
        "size": VALUES,
        "orig_name": PATHS | VALUES,
    },
)


# --- files -----------------------------------------------------------------------------------------------------------


def _image(kind: str, side: int = 60) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.eye(side, dtype=np.uint8) * 255).save(file, kind)
    return file.getvalue()


def _png_bomb(side: int) -> bytes:
    """A PNG that announces, and holds, side x side white pixels in a few kilobytes."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    packer, rows = zlib.compressobj(9), b""
    for _ in range(side):
        rows += packer.compress(b"\0" + b"\xff" * side)
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", header), chunk(b"IDAT", rows + packer.flush()), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def files() -> st.SearchStrategy[bytes]:
    """Image files, whole, cut, damaged, glued together and swollen."""
    whole = [_image(kind) for kind in ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")]
    glued = [a + b for a in whole for b in (b"<script>alert(1)</script>", b"PK\x03\x04", b"\x80\x04c\nos\nsystem\n.")]
    text_bomb = zlib.compress(bytes(20_000_000))
    swollen = [_png_bomb(1_990), _png_bomb(9_000), b"\x89PNG\r\n\x1a\n" + text_bomb, bytes(1_900_000)]
    cut = st.builds(lambda file, share: file[: int(len(file) * share)], st.sampled_from(whole), st.floats(0, 1))
    hurt = st.builds(
        lambda file, at, byte: file[: at % len(file)] + bytes([byte]) + file[at % len(file) + 1 :],
        st.sampled_from(whole),
        st.integers(0, 10_000),
        st.integers(0, 255),
    )
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script><image href="file:///etc/passwd"/></svg>'
    return st.one_of(st.sampled_from([*whole, *glued, *swollen, svg, b""]), cut, hurt, st.binary(max_size=300))


LARGEST = (
    *(("PNG", mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")),
    *(("TIFF", mode) for mode in ("I", "F", "CMYK", "LAB", "YCbCr")),
    *(("WEBP", "RGBA"), ("JPEG", "CMYK"), ("JPEG", "L"), ("GIF", "P")),
)  # formats and modes


@cache
def largest() -> list[bytes]:
    """Images of 4 megapixels in every mode, up to 2 MB; a line of 4 million; a JPEG of far too many scans."""
    tones = np.random.default_rng(0).integers(0, 2, (20, 20), np.uint8) * 255
    drawing = Image.fromarray(tones).resize((2_000, 2_000), Image.Resampling.NEAREST)
    found = []
    for form, mode in LARGEST:
        file = io.BytesIO()
        options = {"compression": "tiff_deflate"} if form == "TIFF" else {}
        _in_mode(drawing, mode).save(file, form, **options)
        found.append(file.getvalue())
    file = io.BytesIO()
    Image.new("RGBA", (1, 4_000_000)).save(file, "PNG")
    found.append(file.getvalue())
    file = io.BytesIO()
    drawing.save(file, "JPEG", progressive=True)
    start, mark, scan = file.getvalue().removesuffix(b"\xff\xd9").rpartition(b"\xff\xda")
    found.append(start + (mark + scan) * (1_900_000 // len(mark + scan)) + b"\xff\xd9")
    return found


def _in_mode(image: Image.Image, mode: str) -> Image.Image:
    if mode == "LAB":
        return ImageCms.profileToProfile(
            image.convert("RGB"), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
        )
    return image.convert("I").convert(mode) if mode == "I;16" else image.convert(mode)


NAMES = st.sampled_from(["a.png", "../../a.png", "/etc/cron.d/a", "..\\a", "a\\0.png", "con", "x" * 300, ".bashrc", ""])


def _upload(kind: str, content: bytes, name: str) -> Request:
    head = f'--b\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    body = head.encode("utf-8", "replace") + content + b"\r\n--b--\r\n"
    return Request(kind, "POST", f"{API}/upload", {"Content-Type": "multipart/form-data; boundary=b"}, body)


# --- requests --------------------------------------------------------------------------------------------------------


def _text(value: Any) -> bytes:
    return json.dumps(value).encode("utf-8", "replace")


def _post(kind: str, path: str, body: bytes) -> Request:
    return Request(kind, "POST", API + path, JSON, body)


def kinds() -> dict[str, st.SearchStrategy[Request]]:
    """Every kind of request."""
    posts = st.sampled_from(
        [*("/queue/join", "/call/classify", "/run/predict", "/component_server", "/cancel", "/reset"), "/upload"]
    )
    call = st.fixed_dictionaries(
        {"data": st.lists(VALUES | FILES, max_size=3) | VALUES},
        optional={"fn_index": SCALARS, "session_hash": SESSIONS, "event_id": VALUES, "batched": VALUES},
    )
    templates = st.sampled_from(
        ['{"data": [@], "fn_index": 0, "session_hash": "a"}', '{"data": @}', "@", '{"data": [@']
    )
    raw = st.builds(
        lambda template, deep, encoding: template.replace("@", deep).encode(encoding), templates, DEEP | WIDE, ENCODINGS
    )
    places = st.sampled_from(
        [
            *(
                f"{API}/file=",
                f"{API}/file/",
                f"{API}/proxy=",
                f"{API}/stream/",
                f"{API}/",
                "/static/",
                "/assets/",
                "/",
            ),
            *(
                "/svelte/",
                "/sketchpad/",
                "/pwa_icon/",
                "/?view=",
                "/config?deep_link=",
                f"{API}/deep_link?session_hash=",
            ),
            *(f"{API}/custom_component/html/client/component/", f"{API}/upload_progress?upload_id=", "/monitoring/"),
            *(f"{API}/call/classify/", f"{API}/queue/data?session_hash=", f"{API}/run-history/"),
        ]
    )
    quiet = st.sampled_from(
        [
            *("/", "/config", f"{API}/info", f"{API}/openapi.json", "/theme.css", "/robots.txt", "/docs", "/ready"),
            *("/manifest.json", "/pwa_icon/20000", "/favicon.ico", f"{API}/app_id", f"{API}/startup-events"),
            *(f"{API}/token", f"{API}/user", f"{API}/queue/status", f"{API}/mcp/sse", "/sketchpad/network.json"),
        ]
    )
    headers = st.dictionaries(
        st.sampled_from(
            [
                *("Cookie", "Host", "Origin", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Expect"),
                *("Range", "Content-Type", "Content-Length", "Authorization", "If-None-Match", "Accept-Encoding"),
            ]
        ),
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=200)
        | st.sampled_from(["bytes=0-999999999999", "bytes=-1,0-,5-", "127.0.0.1", "a=b; a=c", "-5", "x" * 9_000])
        | st.sampled_from(["application/json; charset=utf-7", "multipart/form-data", "httpsX"]),
        max_size=4,
    )
    prefixes = st.sampled_from(["", ROOT_PATH, ROOT_PATH * 2])
    return {
        "calls": st.builds(_post, st.just("calls"), posts, call.map(_text)),
        "the pad": st.builds(
            lambda drawing: Request("the pad", "POST", "/verify", JSON, _text(drawing)), DRAWINGS | VALUES
        ),
        "deep or wide": st.builds(_post, st.just("deep or wide"), posts, raw),
        "raw bodies": st.builds(_post, st.just("raw bodies"), posts, st.binary(max_size=500)),
        "images": st.builds(
            lambda image: Request("images", "POST", "/predict", {}, image), st.sampled_from(largest()) | files()
        ),
        "uploads": st.builds(partial(_upload, "uploads"), files(), NAMES),
        "paths": st.builds(
            lambda prefix, place, path, method: Request("paths", method, prefix + place + path),
            *(prefixes, places, PATHS, st.sampled_from(["GET", "HEAD", "POST"])),
        ),
        "headers": st.builds(
            lambda prefix, path, more, method: Request("headers", method, prefix + path, more),
            *(prefixes, quiet, headers, st.sampled_from(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"])),
        ),
    }


def huge(megabytes: int = 100) -> list[Request]:
    """Bodies of so many megabytes, with their length announced, and without."""

    def parts() -> Iterator[bytes]:
        for _ in range(megabytes):
            yield b" " * 1_000_000

    return [
        Request("huge bodies", "POST", API + path, JSON | more, parts())
        for path in ("/queue/join", "/call/classify", "/upload")
        for more in ({}, {"Content-Length": str(megabytes * 1_000_000)})
    ]


def drawn(strategy: st.SearchStrategy[Request], count: int, start: int = 0) -> list[Request]:
    """So many requests of one kind, the same ones at every run."""
    requests: list[Request] = []

    @seed(start)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(request: Request) -> None:
        requests.append(request)

    collect()
    return requests
