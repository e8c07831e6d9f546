"""What happens at launch: load the network, or train it, or fall back on the one that came along."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from model import checkpoint
from model.checkpoint import CheckpointError
from model.classifier import Classifier
from model.files import set_aside
from model.guard import train_guard
from model.memory import OutOfMemoryError, telling_of_memory
from model.mnist import Digits, MNISTError, load_mnist
from model.network import MLP
from model.recipe import RECIPES, Recipe
from model.rounding import round_weights
from model.settings import ROOT
from model.snapshots import Childhood
from model.terminal import shown
from model.training import DivergedError, accuracy, train

PRETRAINED = ROOT / "assets" / "pretrained.pt"
DEFAULT_RECIPE = RECIPES["drawing"]


@dataclass(frozen=True)
class Opened:
    """A classifier ready to read, and what a visitor should know about where it came from."""

    classifier: Classifier
    origin: str


def open_classifier(
    path: Path,
    data: Path | None = None,
    recipe: Recipe | None = None,
    retrain: bool = False,
    say: Callable[[str], None] = print,
    training: Callable[[Digits, Recipe, Callable[[str], None]], Classifier] | None = None,
) -> Opened:
    """The checkpoint's classifier; without one, a newly trained and saved one; failing that, the pretrained one.

    Args:
        path: of the checkpoint. One that can't be used is set aside, never overwritten.
        data: folder to look for MNIST in.
        recipe: to train by; the default one where None.
        retrain: train anew even though there is a checkpoint.
        say: is told, a sentence at a time, whatever the user should know.
        training: trains in place of `train_classifier`.
    """
    saved = _load(path, say)
    if saved and not retrain:
        if recipe and recipe != saved.recipe:
            say(f"{path} was trained otherwise ({saved.recipe.name}: {saved.recipe}); --retrain trains it anew.")
        say(f"Loaded {path} ({saved.recipe.name}: {saved.recipe}), {saved.test_accuracy:.2%} on MNIST's test set.")
        return Opened(saved, f"Trained on {saved.day}")
    try:
        with telling_of_memory():
            digits = load_mnist(data, say)
            classifier = (training or train_classifier)(digits, recipe or DEFAULT_RECIPE, say)
    except (MNISTError, DivergedError, OutOfMemoryError) as error:
        if saved:
            say(f"{error} Until then, {path} goes on reading.")
            return Opened(saved, f"Trained on {saved.day}; it could not be trained anew")
        say(f"{error} Until then, the network that came along reads ({PRETRAINED.name}).")
        pretrained = checkpoint.load(PRETRAINED)
        return Opened(pretrained, f"It came along, trained on {pretrained.day}, as none could be trained here")

    try:
        checkpoint.save(classifier, path)
    except OSError as error:
        say(f"Nothing was saved: {path} can't be written ({error.strerror}). The next launch trains again.")
        return Opened(classifier, f"Trained on {classifier.day}, but not saved: its folder can't be written")
    say(f"Saved {path}.")
    return Opened(classifier, f"Trained on this machine on {classifier.day}")


def train_classifier(digits: Digits, recipe: Recipe, say: Callable[[str], None] = print) -> Classifier:
    """Train a classifier, shown in the terminal."""
    say(f"Training by the recipe {recipe.name}: {recipe}.")
    network = MLP(hidden=recipe.hidden, seed=recipe.seed)
    childhood = Childhood(network)
    for progress in shown(train(network, digits, recipe)):
        childhood.note(progress)
    round_weights(network)  # it travels to every page, and reads as well in a quarter of the bytes
    say("Training the guard, which tells digits from anything else.")
    guard = train_guard(network, digits, recipe.seed)
    return Classifier(
        network,
        recipe,
        accuracy(network, digits.test_images, digits.test_labels),
        guard=guard,
        made=checkpoint.made_here(),
        snapshots=childhood.snapshots(digits),
    )


def _load(path: Path, say: Callable[[str], None]) -> Classifier | None:
    try:
        return checkpoint.load(path)
    except FileNotFoundError:
        return None
    except CheckpointError as error:
        say(f"{path} can't be used ({error}): {set_aside(path)}.")
    except OSError as error:
        say(f"{path} can't be read ({error.strerror}).")
    return None
