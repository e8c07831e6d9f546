"""The network's wing of the house: tensors and files, no page.

A drawing travels one way through these files:

    images.py   a picture file or an array  ->  ink, one grey array: 0 is paper, 255 the darkest ink
    pen.py      pen strokes                 ->  ink
    framing.py  ink                         ->  28 x 28, exactly as MNIST was made
    network.py  28 x 28                     ->  ten logits
    guard.py    28 x 28                     ->  a digit at all, or something else
    classifier.py joins them: ink in, a reading (verdict, digit, probabilities) out

and a network comes into the world through these:

    recipe.py      how to train: optimiser, learning rate, batch size, epochs, seed, and what is added
    mnist.py       what to train on: found, checked, or downloaded
    styles.py      and what MNIST lacks: other people's handwriting, written anew from templates
    augmentation.py  each picture a little turned, leaning, larger or aside
    training.py    the training loop, yielding its progress
    snapshots.py   and a dozen moments of it, as the network was then
    checkpoint.py  a trained classifier as a file
    opening.py     what happens at launch: load, or train, or fall back

and is measured by these:

    evaluation.py  how well networks read MNIST, directly and through the canvas, and pen strokes
    refusal.py     how well the guard tells digits from letters, shapes and scribbles
    unipen.py      digits as people wrote them on a tablet, drawn somewhere on the page's paper
    usual.py       the usual framings, to hold the exact one against
    sheets.py      contact sheets: the styles, and what is misread
"""
