"""Hugging Face's ZeroGPU Spaces start only what asks for their GPU: there, the first training does.

It takes the same steps, on the processor of the process that a GPU is lent to, and the same weights come of them: the
network is far too small to gain from a GPU. Imported first, as `spaces` wants to be.
"""

import os
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.classifier import Classifier
    from model.mnist import Digits
    from model.recipe import Recipe

LONGEST = 120  # seconds that a GPU is asked for

train = None  # the usual way, everywhere else

if os.environ.get("SPACES_ZERO_GPU"):
    from concurrent.futures import ThreadPoolExecutor

    import spaces
    import torch

    # Outside of what a GPU is lent to, torch is made to believe in one. An optimiser asks it at every step whether it
    # records a graph, which fails without a driver; nothing here ever does.
    torch.cuda.is_current_stream_capturing = lambda: False

    @spaces.GPU(duration=LONGEST)
    def train_lent(digits: "Digits", recipe: "Recipe", say: Callable[[str], None]) -> "Classifier":
        """Train as everywhere, in a process that a GPU is lent to."""
        from model.opening import train_classifier

        return train_classifier(digits, recipe, say)

    def train(digits: "Digits", recipe: "Recipe", say: Callable[[str], None]) -> "Classifier":
        """Train where a GPU is lent; where none is, for whatever reason, without."""
        from model.opening import train_classifier

        try:
            return train_lent(digits, recipe, say)
        except Exception as error:
            say(f"ZeroGPU lends no GPU now ({error}). The training does without.")
        with ThreadPoolExecutor(1) as pool:  # in the main thread, every operation of torch would be watched
            return pool.submit(train_classifier, digits, recipe, say).result()
