"""What most demos of this kind are made of: gr.Sketchpad and gr.Label, with the same network behind them.

python -m tests.benchmarks.default_page --port PORT
"""

import argparse
import itertools

import gradio as gr
from PIL import Image

from model import checkpoint, runtime
from model.data.images import working_pixels
from model.data.pictures import find_ink
from model.paths import PRETRAINED


def build() -> gr.Blocks:
    """The page; each answer is numbered, to tell the next from the last."""
    classifier = checkpoint.load(PRETRAINED)
    numbers = itertools.count(1)

    def classify(drawing: dict) -> dict[str, float]:
        prediction = classifier.predict(find_ink(working_pixels(Image.fromarray(drawing["composite"]))))[0]
        number = next(numbers)
        return {f"{digit} ({number})": share for digit, share in enumerate(prediction.probabilities)}

    with gr.Blocks() as page:
        pad = gr.Sketchpad()
        label = gr.Label(elem_id="label")
        pad.change(classify, pad, label)
    return page


if __name__ == "__main__":
    runtime.configure()
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    build().launch(server_port=parser.parse_args().port)
