"""What most demos of this kind are made of: gr.Sketchpad and gr.Label, with the same network and framing behind them.

python -m tests.benchmarks.default_page PORT
"""

import itertools
import sys

import gradio as gr

from model import checkpoint
from model.images import ink_of
from model.opening import PRETRAINED


def build() -> gr.Blocks:
    """The page; each answer is numbered, to tell the next from the last."""
    classifier = checkpoint.load(PRETRAINED)
    numbers = itertools.count(1)

    def classify(drawing: dict) -> dict[str, float]:
        reading = classifier.read(ink_of(drawing["composite"][None]))[0]
        number = next(numbers)
        return {f"{digit} ({number})": share for digit, share in enumerate(reading.probabilities)}

    with gr.Blocks() as page:
        pad = gr.Sketchpad()
        label = gr.Label(elem_id="label")
        pad.change(classify, pad, label)
    return page


if __name__ == "__main__":
    build().launch(server_port=int(sys.argv[1]))
