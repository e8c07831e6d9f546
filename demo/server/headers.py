"""Headers: what browsers are told for safety, and what of a request's headers is not believed."""

from starlette.types import Scope

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


def believed(scope: Scope, is_space: bool) -> Scope:
    """A request without the headers that are not believed; a Space's proxy names the host that was asked."""
    names = DISBELIEVED - {b"x-forwarded-host"} if is_space else DISBELIEVED
    return {**scope, "headers": [pair for pair in scope["headers"] if pair[0] not in names]}
