"""How a network is trained, as one small record."""

from dataclasses import asdict, dataclass, fields, replace

OPTIMISERS = ("adam", "rmsprop", "sgd")
SCHEDULES = ("constant", "one-cycle")


class RecipeError(ValueError):
    """A recipe that can't be followed; the message says which setting and what it may be."""


@dataclass(frozen=True)
class Recipe:
    """The settings of one training. The defaults are the chapter's recipe.

    Attributes:
        name: what people call it.
        optimiser: one of OPTIMISERS, with torch's defaults but for the learning rate.
        learning_rate: above 0, at most 100.
        batch_size: samples per gradient update, 1 to 60,000.
        epochs: passes over the whole training set, 1 to 1,000.
        seed: of the first weights, of every shuffle and of all else that is drawn at random, 0 to 2^63 - 1.
        schedule: one of SCHEDULES: the learning rate stays as it is, or rises to that peak and falls to nothing.
        augmentation: strength of the affine distortions that each picture is shown with, 0 (none) to 3; 1 is mild.
        styles: pictures of the styles in assets/styles.json among MNIST's in each epoch, 0 to 100,000.
        repeats: how many of the pictures that were read worst in the epoch before are shown twice, from the third epoch
            on, 0 to 60,000.
        hidden: width of both hidden layers, 8 to 256.

    Raises:
        RecipeError: where a setting is of another type or out of its range.
    """

    name: str = "chapter"
    optimiser: str = "adam"
    learning_rate: float = 1e-3
    batch_size: int = 32
    epochs: int = 5
    seed: int = 0
    schedule: str = "constant"
    augmentation: float = 0.0
    styles: int = 0
    repeats: int = 0
    hidden: int = 64

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not 0 < len(self.name) <= 200:
            raise RecipeError("name must be a text of 1 to 200 characters.")
        if self.optimiser not in OPTIMISERS:
            raise RecipeError(f"optimiser must be one of {', '.join(OPTIMISERS)}.")
        if type(self.learning_rate) not in (int, float) or not 0 < self.learning_rate <= 100:
            raise RecipeError("learning_rate must be a number above 0 and at most 100.")
        if self.schedule not in SCHEDULES:
            raise RecipeError(f"schedule must be one of {', '.join(SCHEDULES)}.")
        if type(self.augmentation) not in (int, float) or not 0 <= self.augmentation <= 3:
            raise RecipeError("augmentation must be a number from 0 to 3.")
        for setting, low, high in (
            ("batch_size", 1, 60_000),
            ("epochs", 1, 1_000),
            ("seed", 0, 2**63 - 1),
            ("styles", 0, 100_000),
            ("repeats", 0, 60_000),
            ("hidden", 8, 256),
        ):
            value = getattr(self, setting)
            if type(value) is not int or not low <= value <= high:
                raise RecipeError(f"{setting} must be a whole number from {low:,} to {high:,}.")

    def __str__(self) -> str:
        optimiser = {"adam": "Adam", "rmsprop": "RMSProp", "sgd": "SGD"}[self.optimiser]
        epochs = "1 epoch" if self.epochs == 1 else f"{self.epochs} epochs"
        rate = f"learning rate {self.learning_rate:g}" + (", one cycle" if self.schedule == "one-cycle" else "")
        parts = [optimiser, rate, f"batches of {self.batch_size}", epochs]
        if self.augmentation:
            parts.append(f"augmentation {self.augmentation:g}")
        if self.styles:
            parts.append(f"{self.styles:,} digits in other styles")
        if self.repeats:
            parts.append(f"the worst {self.repeats:,} twice")
        if self.hidden != Recipe.hidden:
            parts.append(f"hidden layers of {self.hidden}")
        return ", ".join(parts)


RECIPES = {
    "chapter": Recipe(),
    "drawing": Recipe(
        "drawing", learning_rate=3e-3, schedule="one-cycle", augmentation=1.0, styles=15_000, repeats=25_000
    ),
}


SETTINGS = {field.name: field.type for field in fields(Recipe) if field.name != "name"}


def parse_recipe(text: str) -> Recipe:
    """Read a recipe as it is typed: a name, then any settings to change, as in `chapter,epochs=1,seed=7`.

    Raises:
        RecipeError: for an unknown name or setting, or a value out of range.
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
    # The seed is no change of recipe: the same training, begun elsewhere.
    changed = any(asdict(RECIPES[name])[setting] != value for setting, value in settings.items() if setting != "seed")
    return replace(RECIPES[name], name=f"{name}, changed" if changed else name, **settings)
