"""Where images come from, and how they are made.

Sources:

    mnist.py         MNIST: found, checked, or downloaded
    images.py        image files and arrays  ->  ink
    photographs.py   photographs             ->  ink
    ruling.py        the paper's lines, taken out of a photograph
    components.py    which of an image's connected parts make one digit
    filters.py       morphology and smoothing
    errors.py        the error for files that can't be used
    pen.py           pen strokes             ->  ink

What training adds:

    strokes.py       digits, letters and symbols that people wrote on tablets
    augmentation.py  images slightly rotated, sheared, scaled and shifted

    collect_strokes.py  makes the file of strokes from its sources
"""
