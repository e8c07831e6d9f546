"""Hugging Face's ZeroGPU Spaces start only apps that ask for their GPU: there, the first training does.

It takes the same steps as anywhere else, on the CPU of the process that a GPU is lent to, and gives the same weights:
the network is far too small to gain from a GPU.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.classifier import Classifier
    from model.data.mnist import Digits
    from model.pipeline import Train
    from model.training.recipe import Recipe

MAX_SECONDS = 120  # that a GPU is asked for


def prepare() -> "Train | None":
    """How to train on ZeroGPU; None anywhere else. To be called before PyTorch is imported, as `spaces` requires."""
    if not os.environ.get("SPACES_ZERO_GPU"):
        return None
    import spaces

    @spaces.GPU(duration=MAX_SECONDS)
    def train_with_gpu(digits: "Digits", recipe: "Recipe", say: Callable[[str], None]) -> "Classifier":
        from model.pipeline import train_classifier

        return train_classifier(digits, recipe, say)

    def train(digits: "Digits", recipe: "Recipe", say: Callable[[str], None]) -> "Classifier":
        from model.pipeline import train_classifier

        try:
            classifier: Classifier = train_with_gpu(digits, recipe, say)
            return classifier
        except Exception as error:  # whatever the reason, the first launch must not fail for want of a GPU
            say(f"ZeroGPU lends no GPU now ({error}). The training does without.")
        with ThreadPoolExecutor(1) as pool:  # in the main thread, `spaces` intercepts every operation of PyTorch
            return pool.submit(train_classifier, digits, recipe, say).result()

    return train
