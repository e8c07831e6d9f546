"""The network's wing of the house: tensors and files, no page.

A drawing travels one way through these files:

    images.py   a picture file or an array  ->  ink, one grey array: 0 is paper, 255 the darkest ink
    pen.py      pen strokes                 ->  ink
    framing.py  ink                         ->  28 x 28, exactly as MNIST was made
    network.py  28 x 28                     ->  ten logits
    classifier.py joins them: ink in, a reading (verdict, digit, probabilities) out

and a network comes into the world through these:

    recipe.py      how to train: optimiser, learning rate, batch size, epochs, seed
    mnist.py       what to train on: found, checked, or downloaded
    training.py    the training loop, yielding its progress
    checkpoint.py  a trained classifier as a file
    opening.py     what happens at launch: load, or train, or fall back
"""
