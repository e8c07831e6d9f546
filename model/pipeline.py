"""From nothing to a classifier: load a checkpoint, or train one, or fall back on the pretrained one."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from model import checkpoint
from model.checkpoint import CheckpointError
from model.classifier import Classifier
from model.data.mnist import Digits, MNISTError, load_mnist
from model.evaluation.metrics import accuracy
from model.files import set_aside
from model.network import MLP, image_logits
from model.paths import BASELINE, CHECKPOINT, PRETRAINED
from model.quantization import quantize
from model.training.batches import training_samples, validation_samples
from model.training.detector import detector_samples, train_detector
from model.training.loop import DivergedError, train
from model.training.progress import display
from model.training.recipe import DEFAULT_RECIPE, Recipe
from model.training.snapshots import SnapshotRecorder

Say = Callable[[str], None]
Train = Callable[[Digits, Recipe, Say], Classifier]


@dataclass(frozen=True)
class LoadedClassifier:
    """A classifier that is ready to predict, and what a visitor should know about its origin."""

    classifier: Classifier
    origin: str


def load_or_train(
    path: Path,
    data: Path | None = None,
    recipe: Recipe | None = None,
    retrain: bool = False,
    say: Say = print,
    train: Train | None = None,
) -> LoadedClassifier:
    """The checkpoint's classifier; if there is none, a newly trained and saved one; failing that, the pretrained one.

    Args:
        path: of the checkpoint. An unusable file there is never overwritten: in the repository's own folder it is set
            aside, and elsewhere it is left as it is, and the pretrained network used.
        data: folder to look for MNIST in.
        recipe: to train by; DEFAULT_RECIPE if None.
        retrain: train again even if there is a checkpoint.
        say: receives, sentence by sentence, what the user should know.
        train: to use instead of `train_classifier`.
    """
    try:
        saved = _load(path, say)
    except CheckpointError as error:
        return _fall_back(None, path, str(error), say)
    if saved and not retrain:
        description = f"{saved.recipe.name}: {saved.recipe}"
        if recipe and recipe != saved.recipe:
            say(f"{path} was trained by another recipe ({description}); --retrain trains it again.")
        say(f"Loaded {path} ({description}), {saved.test_accuracy:.2%} on MNIST's test set.")
        return LoadedClassifier(saved, f"Trained on {saved.trained_on}")
    try:
        classifier = (train or train_classifier)(load_mnist(data, say), recipe or DEFAULT_RECIPE, say)
    except (MNISTError, DivergedError) as error:
        classifier, problem = None, str(error)
    except (MemoryError, RuntimeError) as error:
        # PyTorch's allocator for the CPU has no exception of its own: only its text tells.
        if isinstance(error, RuntimeError) and "allocate memory" not in str(error):
            raise
        classifier, problem = None, "There is too little memory for training: give this machine more."
    # Here the error is gone, and with it what the training had in memory.
    if classifier is None:
        return _fall_back(saved, path, problem, say)

    try:
        checkpoint.save(classifier, path)
    except OSError as error:
        say(f"Nothing was saved: {path} can't be written ({error.strerror}). The next launch trains again.")
        return LoadedClassifier(
            classifier, f"Trained on {classifier.trained_on}, but not saved: its folder can't be written"
        )
    say(f"Saved {path}.")
    return LoadedClassifier(classifier, f"Trained on this machine on {classifier.trained_on}")


def _fall_back(saved: Classifier | None, path: Path, problem: str, say: Say) -> LoadedClassifier:
    """The classifier that there is without training: the checkpoint's, or else the pretrained one."""
    if saved:
        say(f"{problem} Until then, {path} is used.")
        return LoadedClassifier(saved, f"Trained on {saved.trained_on}; it could not be trained again")
    say(f"{problem} Until then, the pretrained network is used ({PRETRAINED.name}).")
    pretrained = checkpoint.load(PRETRAINED)
    return LoadedClassifier(
        pretrained, f"Pretrained on {pretrained.trained_on}, as none could be trained on this machine"
    )


def load_baseline() -> LoadedClassifier:
    """The network that was trained by the baseline recipe, which the repository includes to compare others with."""
    classifier = checkpoint.load(BASELINE)
    return LoadedClassifier(classifier, f"Trained on {classifier.trained_on}, and part of this program")


def train_classifier(digits: Digits, recipe: Recipe, say: Say = print) -> Classifier:
    """Train a classifier with its detector and snapshots, and show the progress in the terminal."""
    say(f"Training with the recipe {recipe.name}: {recipe}.")
    samples = training_samples(digits, recipe)
    drawn = samples.images[len(samples) - recipe.stroke_images :]
    relu = recipe.activation == "relu"
    network = MLP(recipe.hidden, seed=recipe.seed, hidden_layers=recipe.hidden_layers, relu=relu)
    recorder = SnapshotRecorder(network)
    cancelled = Event()
    with ThreadPoolExecutor(1) as executor:
        # While the network is trained:
        future = executor.submit(detector_samples, digits, drawn, recipe.seed, cancelled)
        try:
            for progress in display(train(network, samples, recipe, validation_samples(digits))):
                recorder.record(progress)
            of_detector = future.result()
        except BaseException:  # such as Ctrl+C
            cancelled.set()
            raise
    quantize(network)  # it is sent to every page: a quarter of the bytes, and predictions hardly change

    say("Training the detector, which tells digits from anything else.")
    return Classifier(
        network=network,
        recipe=recipe,
        test_accuracy=accuracy(image_logits(network, digits.test_images), digits.test_labels),
        provenance=checkpoint.provenance(),
        detector=train_detector(network, of_detector, recipe.seed),
        snapshots=recorder.snapshots(digits.validation_images, digits.validation_labels),
    )


def _load(path: Path, say: Say) -> Classifier | None:
    """The checkpoint's classifier; None if there is none, and another may be saved in its place.

    Raises:
        CheckpointError: if an unusable file is in its place that may be another program's.
    """
    try:
        return checkpoint.load(path)
    except FileNotFoundError:
        return None
    except CheckpointError as error:
        problem = f"{path} can't be used: {error}"
    except OSError as error:
        problem = f"{path} can't be read: {error.strerror}"
    if os.path.exists(path):  # Path.exists raises in a folder that may not be searched
        if not path.resolve().is_relative_to(CHECKPOINT.parent.resolve()):
            raise CheckpointError(
                f"{problem}. It is left as it is: move it away, or name another file with --checkpoint."
            )
        problem = f"{problem} ({set_aside(path)})"
    say(f"{problem}.")
    return None
