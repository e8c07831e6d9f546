"""Headers: what browsers are told for safety, and what of a request's headers is not believed."""

from starlette.datastructures import MutableHeaders
from starlette.types import Message, Scope, Send

# Gradio's front end runs inline scripts, and the templates of its components by `new Function`.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' data: blob:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors {ancestors}"
)
SPACE_ANCESTORS = "'self' https://huggingface.co https://*.hf.space"  # a Space is shown in a frame
# Gradio would make addresses in the page from the first two, and copy the others into answers.
DISBELIEVED = {b"x-forwarded-host", b"x-gradio-server", b"range", b"if-range"}


def security_headers(ancestors: str) -> dict[str, str]:
    """The headers of every answer.

    Args:
        ancestors: the pages that may show this one in a frame, as CSP's frame-ancestors has them.
    """
    return {
        "Content-Security-Policy": POLICY.format(ancestors=ancestors),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
    }


def adding(headers: dict[str, str], send: Send) -> Send:
    """Sends an answer with these headers."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(headers)
        await send(message)

    return sending


def believed(scope: Scope, is_space: bool) -> Scope:
    """A request without the headers that are not believed; a Space's proxy is: it names the host that was asked."""
    headers = [(name, value) for name, value in scope["headers"] if name not in DISBELIEVED]
    host = header(scope, b"x-forwarded-host").partition(",")[0].strip()
    if is_space and host:
        headers = [(b"host", host.encode("latin-1")), *(pair for pair in headers if pair[0] != b"host")]
    return {**scope, "headers": headers}


def header(scope: Scope, name: bytes) -> str:
    """The first header of a name, or ""."""
    value: bytes = next((value for key, value in scope["headers"] if key == name), b"")
    return value.decode("latin-1")
