"""The model: everything about tensors and files, nothing about the page. It never imports Gradio.

A drawing takes this way:

    data/images.py, data/pen.py   an image file, or pen strokes  ->  ink: a gray array, 0 is background, 255 darkest
    preprocessing.py              ink                            ->  28 x 28, as MNIST was made
    network.py                    28 x 28                        ->  ten logits
    detector.py                   28 x 28                        ->  a digit at all, or something else
    classifier.py                 joins them: ink in, predictions (verdict, digit, probabilities) out

A classifier is made and kept by these:

    pipeline.py      loads a checkpoint, or trains, or falls back on the pretrained one
    checkpoint.py    a trained classifier as a file
    quantization.py  weights as 8-bit integers
    onnx.py          the network for other runtimes

from what lies in these packages:

    data/        MNIST, image files, pen strokes, styles, negatives, augmentation
    training/    recipe, batches, loop, snapshots, detector
    evaluation/  metrics, report

The rest serves them all: paths.py, files.py (written completely or not at all), flags.py and cli.py (the command
line), runtime.py (settings of the process).
"""
