"""How a network is trained, as one small record."""

from dataclasses import asdict, dataclass, fields, replace

OPTIMIZER_NAMES = {"adam": "Adam", "rmsprop": "RMSProp", "sgd": "SGD"}
SCHEDULES = ("constant", "one-cycle")
WARM_UP = 0.1  # share of a one-cycle training's steps, in which its learning rate rises
START = 0.04  # learning rate of a one-cycle training's first step, as a share of its peak
ACTIVATIONS = ("relu", "none")
HIGHEST_RATE = 100
WHOLE_NUMBERS = {  # settings, and the range of each
    "batch_size": (1, 60_000),
    "epochs": (1, 1_000),
    "seed": (0, 2**63 - 1),
    "stroke_images": (0, 100_000),
    "hidden": (8, 256),
    "hidden_layers": (0, 3),
    "digits": (100, 60_000),
}


class RecipeError(ValueError):
    """A recipe that is not valid; the message says which setting is wrong and what it may be."""


@dataclass(frozen=True)
class Recipe:
    """The settings of one training. The defaults are the baseline recipe, the one of introductory courses.

    Attributes:
        name: of the recipe, as people call it.
        optimizer: a key of OPTIMIZER_NAMES; all but the learning rate is as PyTorch's defaults have it.
        learning_rate: above 0, at most 100.
        batch_size: samples per gradient update, 1 to 60,000.
        epochs: passes over the whole training set, 1 to 1,000.
        seed: of the initial weights, of every shuffle and of all other random numbers, 0 to 2^63 - 1.
        schedule: one of SCHEDULES: the learning rate stays constant, or rises to its peak and falls to 0.
        augmentation: strength of the random affine transformations of the images, 0 (none) to 3; 1 is mild.
        weight_decay: how much of each parameter a step takes away, as a multiple of the learning rate, 0 to 1.
        stroke_images: images of pen strokes (data/strokes.py) that each epoch has beside MNIST's, 0 to 100,000.
        hidden: width of each hidden layer, 8 to 256.
        hidden_layers: how many there are, 0 to 3.
        activation: one of ACTIVATIONS, after each hidden layer.
        digits: of MNIST's training digits, how many are trained on at most, 100 to 60,000; 5,000 are held out.

    Raises:
        RecipeError: if a setting has the wrong type or is out of its range.
    """

    name: str = "baseline"
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    batch_size: int = 32
    epochs: int = 5
    seed: int = 0
    schedule: str = "constant"
    augmentation: float = 0.0
    weight_decay: float = 0.0
    stroke_images: int = 0
    hidden: int = 64
    hidden_layers: int = 2
    activation: str = "relu"
    digits: int = 55_000

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not 0 < len(self.name) <= 200:
            raise RecipeError("name must be a text of 1 to 200 characters.")
        if not isinstance(self.optimizer, str) or self.optimizer not in OPTIMIZER_NAMES:
            raise RecipeError(f"optimizer must be one of {', '.join(OPTIMIZER_NAMES)}.")
        if type(self.learning_rate) not in (int, float) or not 0 < self.learning_rate <= HIGHEST_RATE:
            raise RecipeError(f"learning_rate must be a number above 0 and at most {HIGHEST_RATE}.")
        if self.schedule not in SCHEDULES:
            raise RecipeError(f"schedule must be one of {', '.join(SCHEDULES)}.")
        if self.activation not in ACTIVATIONS:
            raise RecipeError(f"activation must be one of {', '.join(ACTIVATIONS)}.")
        for setting, highest in (("augmentation", 3), ("weight_decay", 1)):
            value = getattr(self, setting)
            if type(value) not in (int, float) or not 0 <= value <= highest:
                raise RecipeError(f"{setting} must be a number from 0 to {highest}.")
        for setting, (low, high) in WHOLE_NUMBERS.items():
            value = getattr(self, setting)
            if type(value) is not int or not low <= value <= high:
                raise RecipeError(f"{setting} must be a whole number from {low:,} to {high:,}.")

    def learning_rate_at(self, done: float) -> float:
        """The learning rate when a share `done` of all steps is done (0 to 1).

        "one-cycle" is a linear warm-up and a linear decay to 0, after L. N. Smith and N. Topin, "Super-Convergence:
        Very Fast Training of Neural Networks Using Large Learning Rates" (2018).
        """
        if self.schedule == "constant":
            return self.learning_rate
        share = START + (1 - START) * done / WARM_UP if done < WARM_UP else (1 - done) / (1 - WARM_UP)
        return self.learning_rate * share

    def __str__(self) -> str:
        one_cycle = ", one-cycle" if self.schedule == "one-cycle" else ""
        parts = [
            OPTIMIZER_NAMES[self.optimizer],
            f"learning rate {self.learning_rate:g}{one_cycle}",
            f"batches of {self.batch_size}",
            "1 epoch" if self.epochs == 1 else f"{self.epochs} epochs",
        ]
        if self.augmentation:
            parts.append(f"augmentation {self.augmentation:g}")
        if self.weight_decay:
            parts.append(f"weight decay {self.weight_decay:g}")
        if self.stroke_images:
            parts.append(f"{self.stroke_images:,} images of pen strokes")
        if not self.hidden_layers:
            parts.append("no hidden layer")
        elif (self.hidden_layers, self.hidden) != (Recipe.hidden_layers, Recipe.hidden):
            layers = "1 hidden layer" if self.hidden_layers == 1 else f"{self.hidden_layers} hidden layers"
            parts.append(f"{layers} of {self.hidden}")
        if self.activation != Recipe.activation and self.hidden_layers:
            parts.append("no ReLU")
        if self.digits < Recipe.digits:
            parts.append(f"{self.digits:,} training digits")
        return ", ".join(parts)


RECIPES = {
    "baseline": Recipe(),
    "augmented": Recipe(
        "augmented",
        learning_rate=4e-3,
        batch_size=64,
        epochs=8,
        schedule="one-cycle",
        augmentation=0.8,
        weight_decay=0.05,
        stroke_images=28_000,
    ),
}
DEFAULT_RECIPE = RECIPES["augmented"]

SETTINGS: dict[str, type[int] | type[float] | type[str]] = {
    field.name: type(getattr(RECIPES["baseline"], field.name)) for field in fields(Recipe) if field.name != "name"
}


def parse_recipe(text: str) -> Recipe:
    """Parse a recipe as it is typed: a name, then any settings to change, as in `baseline,epochs=1,seed=7`.

    Raises:
        RecipeError: if a name or setting is unknown, or a value out of range.
    """
    name, *changes = (part.strip() for part in text.split(","))
    if name not in RECIPES:
        raise RecipeError(f"There is no recipe {name!r}; there is {', '.join(RECIPES)}.")
    settings = {}
    for change in changes:
        setting, _, value = (part.strip() for part in change.partition("="))
        if setting not in SETTINGS:
            raise RecipeError(f"A recipe has no setting {setting!r}; it has {', '.join(SETTINGS)}.")
        try:
            settings[setting] = SETTINGS[setting](value)
        except ValueError:
            kind = "whole number" if SETTINGS[setting] is int else "number"
            raise RecipeError(f"{setting} must be a {kind}, not {value[:40]!r}.") from None
    return changed(RECIPES[name], **settings)


def changed(recipe: Recipe, **settings: object) -> Recipe:
    """A recipe with other settings, and a name that says so; another seed alone is the same recipe, started elsewhere.

    Raises:
        RecipeError: if a setting has the wrong type or is out of its range.
    """
    new = replace(recipe, **settings)  # type: ignore[arg-type]  # the recipe checks them itself
    is_same = asdict(replace(new, seed=recipe.seed)) == asdict(recipe)
    return new if is_same else replace(new, name=f"{recipe.name}, changed")
