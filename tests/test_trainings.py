"""The room in which readers' trainings take place: its queue, and who leaves it in which way."""

import threading
import time
from types import SimpleNamespace

import pytest
import torch

import demo.trainings
from demo.trainings import (
    KEPT,
    LONGEST_QUEUE,
    MOST_POINTS,
    MOST_WAITING,
    PATIENCE,
    Training,
    TrainingError,
    Trainings,
    recipe_of,
)
from model.evaluation import confusion, most_wrong
from model.finetuning import teach
from model.mnist import Digits
from model.network import MLP
from model.recipe import RECIPES, RecipeError
from model.styles import load_styles, write_styles
from model.training import accuracy, train

QUICK = {"recipe": "chapter", "epochs": 1, "batch_size": 30, "hidden": 8, "learning_rate": 0.01}


@pytest.fixture(scope="module")
def digits() -> Digits:
    images, labels = write_styles(load_styles(), 600, seed=3)
    return Digits(images, labels, images[:200], labels[:200])


class Gate:
    """A training loop that goes on only when it is let, one report at a time."""

    def __init__(self, monkeypatch) -> None:
        self.steps = threading.Semaphore(0)
        self.raises: Exception | None = None
        monkeypatch.setattr(demo.trainings, "train", self.train)

    def train(self, network, digits, recipe):
        for progress in train(network, digits, recipe):
            assert self.steps.acquire(timeout=20)
            if self.raises:
                raise self.raises
            yield progress

    def let(self, reports: int = 1) -> None:
        self.steps.release(reports)


@pytest.fixture
def gate(monkeypatch):
    gate = Gate(monkeypatch)
    yield gate
    gate.let(10_000)  # whoever still waits


@pytest.fixture
def room(pretrained, digits):
    """A room whose clock stands still until a test moves it."""
    room = Trainings(pretrained, lambda: digits, clock=lambda: room.now)
    room.now = 0.0
    return room


def until(room: Trainings, ticket: str, *states: str) -> dict:
    """Ask until a training is in one of these states; how it stands then."""
    deadline = time.monotonic() + 30
    while (news := room.follow(ticket))["state"] not in states:
        assert time.monotonic() < deadline, news
        time.sleep(0.002)
    return news


def until_reported(room: Trainings, ticket: str, reports: int) -> None:
    deadline = time.monotonic() + 30
    while len(room.follow(ticket)["points"]) < reports:
        assert time.monotonic() < deadline
        time.sleep(0.002)


# --- one training ----------------------------------------------------------------------------------------------------


def test_a_training_gives_the_network_that_the_model_trains(room, digits, pretrained):
    ticket = room.start("ann", QUICK | {"epochs": 2, "seed": 7})
    news = until(room, ticket, "done")

    recipe = recipe_of(QUICK | {"epochs": 2, "seed": 7})
    network = MLP(hidden=8, seed=7)
    reports = list(train(network, digits, recipe))
    assert news["sentence"] == ""
    assert news["points"][-1][0] == 2
    assert [loss for _, loss, _ in news["points"]] == [round(report.part_loss, 5) for report in reports]
    ends = [report for report in reports if report.test_accuracy is not None]
    assert news["tests"] == [(report.epoch, report.test_accuracy) for report in ends]
    assert len(ends) == 2

    own = room.result(ticket)
    assert torch.equal(own.classifier.network.flat_parameters(), network.flat_parameters())
    assert own.classifier.test_accuracy == accuracy(network, digits.test_images, digits.test_labels)
    assert own.classifier.guard is pretrained.guard
    assert own.confusion.sum() == len(digits.test_labels)
    assert len(own.mistakes.labels) == 24


@pytest.mark.parametrize("reports", [1, 300, 301, 302, 5000])
def test_long_curves_are_thinned_evenly(reports):
    training = Training("ann", RECIPES["chapter"], asked=0)
    for step in range(reports):
        training.note(
            SimpleNamespace(epoch=1, step=step, steps=reports, part_loss=step, part_accuracy=0, test_accuracy=None)
        )
    steps = [loss for _, loss, _ in training.points]
    assert min(reports, MOST_POINTS / 2) <= len(steps) <= MOST_POINTS
    assert steps == list(range(0, reports, training.stride))


def test_a_stopped_training_keeps_what_it_has_learned(room, gate):
    ticket = room.start("ann", QUICK)
    gate.let(2)
    until_reported(room, ticket, 2)
    room.stop(ticket)
    gate.let()
    assert until(room, ticket, "stopped")["sentence"] == ""
    assert room.result(ticket).classifier.test_accuracy > 0


@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_a_training_that_diverges_is_shown_for_what_it_is(room, optimiser):
    ticket = room.start("ann", QUICK | {"learning_rate": 100, "optimiser": optimiser, "epochs": 10})
    news = until(room, ticket, "done", "diverged")
    assert news["state"] == "diverged"
    assert "hoose a learning rate below 100" in news["sentence"]
    assert news["points"][-1][1] is None or news["points"][-1][1] > 3


def test_a_training_that_learns_nothing_says_so(room):
    ticket = room.start("ann", QUICK | {"learning_rate": 1e-9})
    assert "learned next to nothing" in until(room, ticket, "done")["sentence"]


def test_without_mnist_it_says_how_to_get_it(pretrained, digits):
    found = [None, digits]
    room = Trainings(pretrained, lambda: found.pop(0))
    news = until(room, room.start("ann", QUICK), "failed")
    assert "python -m model train" in news["sentence"]
    until(room, room.start("ann", QUICK), "done")  # it has come by now


def test_a_fault_ends_one_training_and_not_the_room(room, gate, capsys):
    gate.raises = ZeroDivisionError()
    ann, ben = room.start("ann", QUICK), room.start("ben", QUICK)
    gate.let()
    assert "fault of the server" in until(room, ann, "failed")["sentence"]
    gate.raises = None
    gate.let(1000)
    until(room, ben, "done")
    assert "ZeroDivisionError" in capsys.readouterr().err


# --- the queue -------------------------------------------------------------------------------------------------------


def test_one_at_a_time_and_in_the_order_of_coming(room, gate):
    tickets = [room.start(name, QUICK) for name in ("ann", "ben", "cem", "dot")]
    until(room, tickets[0], "training")
    assert [room.follow(ticket)["place"] for ticket in tickets] == [0, 1, 2, 3]
    room.stop(tickets[1])
    assert room.follow(tickets[1])["state"] == "stopped"
    assert [room.follow(ticket)["place"] for ticket in tickets[2:]] == [1, 2]
    room.stop(tickets[0])
    gate.let()
    until(room, tickets[2], "training")
    assert room.follow(tickets[3])["place"] == 1
    gate.let(1000)
    for ticket in tickets[2:]:
        until(room, ticket, "done")
    assert room.result(tickets[1]) is None


def test_a_session_has_one_training(room, gate):
    ticket = room.start("ann", QUICK)
    with pytest.raises(TrainingError, match="still goes on"):
        room.start("ann", QUICK)
    gate.let(1000)
    until(room, ticket, "done")
    until(room, room.start("ann", QUICK), "done")
    assert room.follow(ticket)["state"] == "lost"


def test_a_long_queue_is_closed(room, gate):
    for number in range(LONGEST_QUEUE + 1):
        room.start(f"reader {number}", QUICK, f"address {number}")
    with pytest.raises(TrainingError, match="Try again in a few minutes"):
        room.start("late", QUICK)
    room.now = PATIENCE + 1  # all of them are gone
    late = None
    gate.let()
    deadline = time.monotonic() + 30
    while late is None and time.monotonic() < deadline:
        try:
            late = room.start("late", QUICK)
        except TrainingError:
            time.sleep(0.002)
    gate.let(1000)
    until(room, late, "done")


def end(room: Trainings, gate: Gate) -> None:
    """Let everybody be gone, and wait until the room is empty."""
    room.now += PATIENCE + 1
    gate.let(1000)
    deadline = time.monotonic() + 30
    while room._current:
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_one_address_leaves_places_in_the_queue(room, gate):
    for number in range(MOST_WAITING + 1):
        room.start(f"reader {number}", QUICK, "school")
    with pytest.raises(TrainingError, match="from your address are waiting already"):
        room.start("late", QUICK, "school")
    room.start("ann", QUICK, "home")
    end(room, gate)


def test_addresses_take_turns_however_many_each_has_waiting(room, gate):
    def enter(name: str, address: str) -> str:
        return room.start(name, QUICK, address)

    waiting = [enter(f"reader {number}", "school") for number in range(4)][1:]
    ann = enter("ann", "home")
    bob, cem = enter("bob", "office"), enter("cem", "home")
    places = [room.follow(ticket)["place"] for ticket in (*waiting, ann, bob, cem)]
    assert places == [1, 4, 6, 2, 3, 5]
    end(room, gate)


# --- who is gone -----------------------------------------------------------------------------------------------------


def test_what_nobody_asks_about_is_stopped(room, gate):
    ann, ben, cem = (room.start(name, QUICK) for name in ("ann", "ben", "cem"))
    until(room, ann, "training")
    room.now = PATIENCE - 1
    room.follow(cem)
    room.now = PATIENCE + 1  # of ann and ben nothing was heard
    gate.let()
    until(room, cem, "training")
    assert "was away" in room.follow(ben)["sentence"]
    assert "was away" in room.follow(ann)["sentence"]
    assert room.result(ann) is not None
    gate.let(1000)
    until(room, cem, "done")


def test_a_session_that_left_is_forgotten_unless_it_comes_back(room):
    tickets = {name: room.start(name, QUICK) for name in ("ann", "ben")}
    for ticket in tickets.values():
        until(room, ticket, "done")
    room.leave("ann")
    room.leave("ben")
    room.follow(tickets["ben"])  # a network that failed for a moment
    room.now += PATIENCE + 1
    room.leave("anyone")
    assert room.follow(tickets["ann"])["state"] == "lost"
    assert room.follow(tickets["ben"])["state"] == "done"


def test_networks_are_kept_of_so_many_readers_and_no_more(room):
    for number in range(KEPT + 2):
        ticket = room.start(f"reader {number}", QUICK | {"batch_size": 600})
        until(room, ticket, "done")
        if not number:
            first = ticket
        room.follow(first)  # who asks stays
    assert room.follow(first)["state"] == "done"
    assert len(room._of) <= KEPT + 1


def test_one_address_does_not_drive_out_the_networks_of_another(room):
    until(room, ann := room.start("ann", QUICK, "home"), "done")
    own = room.result(ann).fingerprint
    for number in range(KEPT + 2):
        until(room, room.start(f"reader {number}", QUICK | {"batch_size": 600}, "elsewhere"), "done")
    assert room.reader("ann", own)[1] == own


# --- whose network ---------------------------------------------------------------------------------------------------


def test_every_session_reads_with_its_own_network(room, pretrained):
    tickets = {name: room.start(name, QUICK | {"seed": seed}) for seed, name in enumerate(("ann", "ben"))}
    own = {}
    for name, ticket in tickets.items():
        until(room, ticket, "done")
        own[name] = room.result(ticket).classifier
    ann, ben = own["ann"].fingerprint(), own["ben"].fingerprint()
    assert ann != ben
    assert room.reader("ann", ann) == (own["ann"], ann)
    assert room.reader("ben", ben) == (own["ben"], ben)
    shared = pretrained.fingerprint()
    for session, fingerprint in (("ann", ben), ("ben", ann), ("eve", ann), (None, ann), ("ann", ""), ("ann", shared)):
        assert room.reader(session, fingerprint) == (pretrained, shared)


def test_the_last_network_reads_until_the_next_is_trained(room, gate):
    gate.let(1000)
    until(room, ticket := room.start("ann", QUICK), "done")
    before = room.result(ticket).classifier
    while gate.steps.acquire(blocking=False):
        pass
    ticket = room.start("ann", QUICK | {"seed": 1})
    until(room, ticket, "training")
    assert room.reader("ann", before.fingerprint())[0] is before
    assert room.result(ticket) is None


# --- settings --------------------------------------------------------------------------------------------------------


def test_a_recipe_as_it_stands_keeps_its_name():
    assert recipe_of({"recipe": "drawing"}) == RECIPES["drawing"]
    assert recipe_of({"recipe": "chapter", "seed": 9}).name == "chapter"
    assert recipe_of({"recipe": "chapter", "epochs": 9}).name == "chapter, changed"


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"learning_rate": 0}, "Learning rate must be a number above 0 and at most 100."),
        ({"learning_rate": float("nan")}, "Learning rate must be"),
        ({"learning_rate": "0.1"}, "Learning rate must be"),
        ({"batch_size": 0}, "Batch size must be a whole number from 1"),
        ({"batch_size": 1.5}, "Batch size must be"),
        ({"batch_size": 4_097}, "at most 4,096 digits"),
        ({"batch_size": True}, "Batch size must be"),
        ({"epochs": 51}, "at most 50 epochs"),
        ({"epochs": 10**30}, "Epochs must be"),
        ({"batch_size": 1, "epochs": 4}, "240,000 steps"),
        ({"hidden": 7}, "Hidden must be a whole number from 8 to 256."),
        ({"hidden": None}, "Hidden must be"),
        ({"seed": -1}, "Seed must be"),
        ({"optimiser": "adamw"}, "Optimiser must be one of adam, rmsprop, sgd."),
        ({"optimiser": ["adam"]}, "Optimiser must be one of"),
        ({"optimiser": {}}, "Optimiser must be one of"),
    ],
)
def test_bad_settings_get_a_clear_word(room, settings, sentence):
    with pytest.raises(RecipeError) as caught:
        room.start("ann", {"recipe": "chapter"} | settings)
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    "settings",
    [None, 7, "chapter", [], {}, {"recipe": "mine"}, {"recipe": []}, {"recipe": "chapter", "name": "x" * 10**6},
     {"recipe": "chapter", "styles": 100_000}, {"recipe": "chapter", "schedule": "one-cycle"}],
)  # fmt: skip
def test_what_are_no_settings_at_all(room, settings):
    with pytest.raises(RecipeError, match="asked for by its recipe"):
        room.start("ann", settings)


# --- what it gets wrong ----------------------------------------------------------------------------------------------


def test_the_most_wrong_come_first(pretrained, digits):
    mistakes = most_wrong(pretrained, digits.test_images, digits.test_labels)
    readings = pretrained.read_pictures(digits.test_images)
    right = [reading.probabilities[label] for reading, label in zip(readings, digits.test_labels.tolist(), strict=True)]
    worst = sorted(range(len(right)), key=right.__getitem__)[:24]
    assert mistakes.labels.tolist() == digits.test_labels[worst].tolist()
    assert torch.equal(mistakes.pictures, digits.test_images[worst])
    assert mistakes.answers.tolist() == [readings[place].digit for place in worst]
    counts = confusion(pretrained, digits.test_images, digits.test_labels)
    assert counts.sum(dim=1).tolist() == torch.bincount(digits.test_labels, minlength=10).tolist()
    assert counts.trace() == sum(
        reading.digit == label for reading, label in zip(readings, digits.test_labels.tolist(), strict=True)
    )


# --- a lesson --------------------------------------------------------------------------------------------------------


def test_a_lesson_gives_what_the_model_teaches_and_is_forgotten(room, digits, pretrained):
    pictures, labels = digits.test_images[:20], digits.test_labels[:20]
    ticket = room.teach("ann", pictures, labels)
    assert until(room, ticket, "done")["share"] == 1
    training = room.result(ticket)
    *_, last = teach(pretrained, pictures, labels, digits)
    assert training.fingerprint == last.taught.classifier.fingerprint()
    assert training.taught.examined.tolist() == last.taught.examined.tolist()
    assert room.reader("ann", training.fingerprint)[0] is training.classifier
    assert training.lesson is None


def test_a_lesson_can_be_stopped_and_waits_its_turn(room, digits, monkeypatch):
    gate = threading.Semaphore(0)

    def slowly(*arguments):
        for lesson in teach(*arguments):
            assert gate.acquire(timeout=20)
            yield lesson

    monkeypatch.setattr(demo.trainings, "teach", slowly)
    lesson = digits.test_images[:10], digits.test_labels[:10]
    first, second = (room.teach(session, *lesson) for session in ("ann", "bob"))
    assert room.follow(second)["place"] == 1
    room.stop(second)
    room.stop(first)
    gate.release(2)
    for ticket in (first, second):
        until(room, ticket, "stopped")
        assert room.result(ticket) is None


def test_a_lesson_without_mnist_is_told_what_to_do(pretrained, digits):
    room = Trainings(pretrained, lambda: None)
    ticket = room.teach("ann", digits.test_images[:10], digits.test_labels[:10])
    assert until(room, ticket, "failed")["sentence"] == demo.trainings.MISSING
