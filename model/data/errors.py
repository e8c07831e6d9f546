"""The error for files and arrays that are no drawing."""


class ImageError(ValueError):
    """A file that can't be used as a drawing; the message is one sentence that says why and what would help."""
