"""Where images come from, and how they are made.

Sources:

    mnist.py         MNIST: found, checked, or downloaded
    images.py        image files and arrays, read safely
    pictures.py      pictures of all kinds   ->  the ink of their digit
    errors.py        the error for files that can't be used
    pen.py           pen strokes             ->  ink

What training adds:

    strokes.py       digits, letters and symbols that people wrote on tablets
    augmentation.py  images slightly rotated, sheared, scaled and shifted

    collect_strokes.py  makes the file of strokes from its sources
"""
