"""Trainings that readers start from the page: one at a time for the whole server, the others in a queue.

A training runs in a thread of its own and is followed by asking for its state, whole each time, so that a lost answer
loses nothing. Nobody has to say goodbye: a training that nobody asks about any more, as its tab was closed or its
network lost, is stopped, and its place goes to the next. The network that comes of it is its reader's alone: a new one,
or a copy of the shared one that was taught their hand.
"""

import math
import secrets
import threading
import time
import traceback
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from torch import Tensor

from model.checkpoint import made_here
from model.classifier import Classifier
from model.evaluation import Mistakes, confusion, most_wrong
from model.finetuning import RECIPE as LESSON
from model.finetuning import Taught, teach
from model.memory import OutOfMemoryError, telling_of_memory
from model.mnist import Digits
from model.network import DIGITS, MLP
from model.recipe import RECIPES, Recipe, RecipeError
from model.training import DivergedError, Progress, accuracy, train

PATIENCE = 10.0  # seconds without a question, until a reader counts as gone
LONGEST_QUEUE = 60
MOST_WAITING = 50  # of one address: a classroom's, which still leaves places for others
KEPT = 100  # readers whose networks are kept; a network of the widest takes a megabyte
MOST_POINTS = 300  # of a curve
MOST_EPOCHS = 50
MOST_STEPS = 100_000  # a minute, or two with the widest layers
LARGEST_BATCH = 4_096  # beyond it, a step takes so long and so much memory that others would notice
GUESSING = math.log(DIGITS)  # the cross-entropy of ten equal probabilities
TOO_FAR = 1.5 * GUESSING  # a loss that has been there, and that has not come back, diverges
LITTLE = 0.95 * GUESSING  # above it, nothing to speak of was learned
DIVERGES = (
    f"Its loss is far above {GUESSING:.2f}, which guessing alone gives: it diverges. Stop it, and choose a smaller "
    "learning rate."
)
SETTINGS = ("optimiser", "learning_rate", "batch_size", "epochs", "hidden", "seed")
MISSING = (
    "Training needs MNIST, which this server does not have. Whoever runs it can get it with "
    "`python -m model train`, which downloads it (11 MB), or put its four files into a folder and start with "
    "--data DIR, or DIGITS_DATA=DIR."
)
LOST = "The server knows nothing of this training: it was started anew since. Train again."


class TrainingError(Exception):
    """A training that can't be had now; the message says why and what to do."""


@dataclass
class Training:
    """One reader's training, from the click that started it.

    Attributes:
        session: whose it is.
        recipe: what is trained by.
        lesson: where a copy of the shared network is taught, the pictures (N, 28, 28), uint8, and their labels (N,).
        asked: when its reader asked last, on the room's clock.
        address: where its reader is; many may share one.
        ticket: what its reader asks by; it can't be guessed.
        state: "queued", "training", "done", "stopped", "diverged" or "failed".
        points: [epochs done, loss, accuracy] of the training digits just seen, evenly along the way; no loss where it
            was no number.
        tests: [epochs done, test accuracy].
        progress: the newest; None before the first steps.
        share: of the whole work that is done, 0 to 1.
        sentence: what else is to be said of how it ended.
        classifier, fingerprint: the reader's own: of this training once it ended, of the one before it until then.
        mistakes, confusion: what the trained network makes of the test digits; None before the end.
        taught: what came of a lesson; None before the end. The lesson itself is forgotten then.
    """

    session: str
    recipe: Recipe
    asked: float
    address: str = ""
    lesson: tuple[Tensor, Tensor] | None = None
    ticket: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    state: str = "queued"
    points: list[tuple[float, float | None, float]] = field(default_factory=list)
    tests: list[tuple[float, float]] = field(default_factory=list)
    progress: Progress | None = None
    share: float = 0.0
    sentence: str = ""
    classifier: Classifier | None = None
    fingerprint: str | None = None
    mistakes: Mistakes | None = None
    confusion: Tensor | None = None
    taught: Taught | None = None
    stopping: str | None = None  # why, once it is to stop; "" where its reader wanted it
    highest: float = 0.0  # of its losses so far
    stride: int = 1  # of the points that came, one in so many is kept
    came: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state not in ("queued", "training")

    @property
    def diverged(self) -> bool:
        """Whether its loss rose out of all bounds, and has not come back."""
        return self.highest > TOO_FAR and not self.progress.part_loss < LITTLE

    def note(self, progress: Progress) -> None:
        """Take what the training loop says."""
        self.progress = progress
        self.highest = max(self.highest, progress.part_loss) if math.isfinite(progress.part_loss) else math.inf
        point = _point(progress)
        if self.came % self.stride == 0:
            self.points.append(point)
            if len(self.points) > MOST_POINTS:
                self.points = self.points[::2]
                self.stride *= 2
        self.came += 1
        if progress.test_accuracy is not None:
            self.tests.append((point[0], progress.test_accuracy))


def _point(progress: Progress) -> tuple[float, float | None, float]:
    epochs = progress.epoch - 1 + progress.step / progress.steps
    loss = round(progress.part_loss, 5) if math.isfinite(progress.part_loss) else None
    return round(epochs, 4), loss, round(progress.part_accuracy, 5)


class Trainings:
    """The room in which all of a server's trainings take place.

    Args:
        shared: the classifier that everybody reads with; readers' own networks share its guard.
        find: gives MNIST, or None where this machine has none. It is asked once, and what it gives is kept.
        clock: gives seconds.
    """

    def __init__(
        self,
        shared: Classifier,
        find: Callable[[], Digits | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._shared, self._fingerprint = shared, shared.fingerprint()
        self._find = find
        self._clock = clock
        self._lock = threading.Lock()  # of everything below
        self._digits: Digits | None = None
        self._of: OrderedDict[str, Training] = OrderedDict()  # each session's newest, the longest unused first
        self._queue: list[Training] = []
        self._current: Training | None = None
        self._left: dict[str, float] = {}  # sessions that seem to be gone, and since when

    # --- what readers ask -----------------------------------------------------------------------------------------

    def start(self, session: str, settings: Any, address: str = "") -> str:
        """Begin to train a new network, or queue it; returns its ticket.

        Raises:
            RecipeError: for settings that are out of range.
            TrainingError: where this session's last one still goes on, or too many are waiting.
        """
        return self._enter(Training(session, recipe_of(settings), self._clock(), address))

    def teach(self, session: str, pictures: Tensor, labels: Tensor, address: str = "") -> str:
        """Begin to teach a copy of the shared network some drawings, or queue it; as `start`.

        Args:
            session: whose it is to be.
            pictures: (N, 28, 28), uint8, framed.
            labels: (N,), int64, 0 to 9.
            address: where its reader is.
        """
        return self._enter(Training(session, LESSON, self._clock(), address, (pictures, labels)))

    def _enter(self, training: Training) -> str:
        session = training.session
        with self._lock:
            self._clear()
            last = self._of.get(session)
            if last and not last.is_over:
                raise TrainingError("Your last training still goes on. Stop it before you start another.")
            if len(self._queue) >= LONGEST_QUEUE:
                raise TrainingError(f"{LONGEST_QUEUE} trainings are waiting already. Try again in a few minutes.")
            if sum(waiting.address == training.address for waiting in self._queue) >= MOST_WAITING:
                raise TrainingError(
                    f"{MOST_WAITING} trainings from your address are waiting already. Try again in a few minutes."
                )
            if last:
                training.classifier, training.fingerprint = last.classifier, last.fingerprint
            self._of[session] = training
            self._queue.insert(self._place(training.address), training)
            self._use(session)
            if self._current is None:
                self._current = self._queue.pop(0)
                threading.Thread(target=self._work, name="trainings", daemon=True).start()
            return training.ticket

    def follow(self, ticket: str) -> dict[str, Any]:
        """How a training stands, whole; asking keeps it alive.

        Returns:
            state, sentence, place (1 is next, while it is queued), share of the work done (0 to 1), points, tests,
            secondsLeft (None before the first steps), settings (in words), epochs, and hasNetwork, once there is a
            `result`. A ticket that nobody holds has the state "lost".
        """
        with self._lock:
            training = self._with(ticket)
            if training is None:
                return {"state": "lost", "sentence": LOST}
            training.asked = self._clock()
            progress = training.progress
            newest = [_point(progress)] if progress else []
            return {
                "state": training.state,
                "sentence": DIVERGES if training.diverged and not training.is_over else training.sentence,
                "place": self._queue.index(training) + 1 if training in self._queue else 0,
                "share": training.share,
                "points": training.points + (newest if newest != training.points[-1:] else []),
                "tests": training.tests,
                "secondsLeft": progress and progress.seconds_left,
                "settings": str(training.recipe),
                "epochs": training.recipe.epochs,
                "hasNetwork": training.confusion is not None,
            }

    def stop(self, ticket: str) -> None:
        """Stop a training; the network stays as it is by then."""
        with self._lock:
            if training := self._with(ticket):
                self._stop(training, "")

    def result(self, ticket: str) -> Training | None:
        """A training that is over and has a network; None where there is none."""
        with self._lock:
            training = self._with(ticket)
            return training if training and training.confusion is not None else None

    def reader(self, session: str | None, fingerprint: str) -> tuple[Classifier, str]:
        """Who reads for a session, and its fingerprint: its own network, where that has this one, or the shared one."""
        with self._lock:
            training = self._of.get(session)
            if training is None or training.classifier is None or training.fingerprint != fingerprint:
                return self._shared, self._fingerprint
            self._use(session)
            return training.classifier, fingerprint

    def leave(self, session: str) -> None:
        """A session seems to be gone. What it has is freed, unless it asks again soon."""
        with self._lock:
            self._clear()
            if session in self._of:
                self._left[session] = self._clock()

    # --- the room's order -----------------------------------------------------------------------------------------

    def _with(self, ticket: Any) -> Training | None:
        for training in self._of.values():
            if training.ticket == ticket:
                self._use(training.session)
                return training
        return None

    def _place(self, address: str) -> int:
        """Where in the queue an address's next training belongs: addresses take turns, however many each has there."""
        waiting, before = Counter(training.address for training in self._queue), Counter()
        for place, training in enumerate(self._queue):
            if before[training.address] > waiting[address]:
                return place
            before[training.address] += 1
        return len(self._queue)

    def _use(self, session: str) -> None:
        self._of.move_to_end(session)
        self._left.pop(session, None)

    def _clear(self) -> None:
        """Free what nobody will ask for, or what there is too much of: of the address that has most, the unused."""
        for session in [session for session, since in self._left.items() if self._clock() - since > PATIENCE]:
            self._forget(session)
        while len(self._of) > KEPT:
            over = [training for training in self._of.values() if training.is_over]
            if not over:
                break
            ((address, _),) = Counter(training.address for training in over).most_common(1)
            self._forget(next(training.session for training in over if training.address == address))

    def _forget(self, session: str) -> None:
        if self._of[session].is_over:
            del self._of[session]
            self._left.pop(session, None)

    def _stop(self, training: Training, why: str) -> None:
        if training in self._queue:
            self._queue.remove(training)
            training.state, training.sentence, training.lesson = "stopped", why, None
        elif training is self._current:
            training.stopping = why

    def _send_away(self) -> None:
        """Stop every training that nobody asks about."""
        for training in [self._current, *self._queue]:
            if self._clock() - training.asked > PATIENCE:
                self._stop(training, "This page was away.")

    # --- the thread that trains -----------------------------------------------------------------------------------

    def _work(self) -> None:
        """Train one after the other until nobody waits."""
        while training := self._current:
            with self._lock:
                training.state = "training"
            state, sentence = self._outcome(training)
            with self._lock:
                training.state, training.sentence, training.lesson = state, sentence, None
                self._send_away()
                self._current = self._queue.pop(0) if self._queue else None

    def _outcome(self, training: Training) -> tuple[str, str]:
        """Train; how it ended, and what is to be said of it."""
        try:
            with telling_of_memory():
                if training.lesson:
                    self._teach(training, self._mnist())
                else:
                    self._train(training, self._mnist())
        except DivergedError as error:
            return "diverged", str(error)
        except (TrainingError, OutOfMemoryError) as error:
            return "failed", str(error)
        except Exception:  # whatever it is: the room must go on
            traceback.print_exc()
            return "failed", "The training broke off by a fault of the server. Train again, or with other settings."
        if training.stopping is not None and not training.diverged:
            return "stopped", training.stopping
        if training.taught:
            return "done", ""
        loss, rate = training.progress.part_loss, training.recipe.learning_rate
        compared = f"Its loss ended at {loss:,.2f}, and guessing alone gives {GUESSING:.2f}"
        if training.diverged:
            return "diverged", f"{compared}: the training diverged. Choose a learning rate below {rate:g}."
        return "done", f"{compared}: it learned next to nothing. Choose another learning rate." if loss > LITTLE else ""

    def _mnist(self) -> Digits:
        if self._digits is None:
            self._digits = self._find()
        if self._digits is None:
            raise TrainingError(MISSING)
        return self._digits

    def _teach(self, training: Training, digits: Digits) -> None:
        for step in teach(self._shared, *training.lesson, digits):
            with self._lock:
                training.share = step.share
                self._send_away()
                if training.stopping is not None:
                    return
        own, fingerprint = step.taught.classifier, step.taught.classifier.fingerprint()
        with self._lock:
            training.classifier, training.fingerprint = own, fingerprint
            training.taught, training.confusion = step.taught, step.taught.mnist_after

    def _train(self, training: Training, digits: Digits) -> None:
        recipe = training.recipe
        network = MLP(hidden=recipe.hidden, seed=recipe.seed)
        for progress in train(network, digits, recipe):
            with self._lock:
                training.note(progress)
                training.share = progress.total_step / progress.total_steps
                self._send_away()
                if training.stopping is not None and not progress.diverged:
                    break
        network.zero_grad(set_to_none=True)
        test = digits.test_images, digits.test_labels
        own = Classifier(network, recipe, accuracy(network, *test), guard=self._shared.guard, made=made_here())
        mistakes, counts = most_wrong(own, *test), confusion(own, *test)
        with self._lock:
            training.classifier, training.fingerprint = own, own.fingerprint()
            training.mistakes, training.confusion = mistakes, counts


def recipe_of(settings: Any) -> Recipe:
    """The recipe that a page's settings describe: {"recipe": a name, and any of SETTINGS}.

    Raises:
        RecipeError: for anything else, and for more work than one reader may ask of a server that many share.
    """
    match settings:
        case {"recipe": str(name), **changes} if name in RECIPES and set(changes) <= set(SETTINGS):
            pass
        case _:
            raise RecipeError(f"A training is asked for by its recipe ({' or '.join(RECIPES)}) and its settings.")
    try:
        recipe = replace(RECIPES[name], **changes)
    except RecipeError as error:
        sentence = str(error).replace("_", " ")
        raise RecipeError(sentence[0].upper() + sentence[1:]) from None
    if recipe.epochs > MOST_EPOCHS:
        raise RecipeError(f"In the page, a training has at most {MOST_EPOCHS} epochs.")
    if recipe.batch_size > LARGEST_BATCH:
        raise RecipeError(f"In the page, a batch has at most {LARGEST_BATCH:,} digits.")
    pictures = 60_000 + recipe.styles + recipe.repeats
    steps = recipe.epochs * -(-pictures // recipe.batch_size)
    if steps > MOST_STEPS:
        raise RecipeError(
            f"That makes {steps:,} steps, and in the page a training has at most {MOST_STEPS:,}: choose larger "
            "batches or fewer epochs."
        )
    same = replace(recipe, seed=RECIPES[name].seed) == RECIPES[name]  # another seed is no change of recipe
    return recipe if same else replace(recipe, name=f"{name}, changed")
