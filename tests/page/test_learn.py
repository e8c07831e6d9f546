"""Watch it learn: a training from the first click to the visitor's own network on the pad."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from demo.trainings import recipe_of
from model.classifier import Classifier
from model.evaluation import confusion, most_wrong
from model.framing import frame
from model.mnist import Digits, has_mnist
from model.network import MLP
from model.pen import draw as ink_of
from model.training import train
from tests.page.conftest import Server
from tests.page.hand import STROKES, draw, expect_torch, percents
from tests.page.test_look import CONTRASTS

QUICK = {"epochs": 1, "batch_size": 250, "hidden": 16, "learning_rate": 0.003, "seed": 5}
LONG = {"epochs": 50, "batch_size": 64}


@pytest.fixture(scope="module")
def learning_server(mnist_folder) -> Iterator[Server]:
    server = Server(DIGITS_DATA=str(mnist_folder))
    yield server
    server.stop()


@pytest.fixture
def open_learn(new_page, learning_server: Server):
    return lambda **options: new_page(f"{learning_server.url}?view=learn", **options)


def set_up(page: Page, **settings: object) -> None:
    for name, value in settings.items():
        field = page.locator(f".learn-form [name={name}]")
        if name in ("recipe", "optimiser"):
            field.select_option(str(value))
        else:
            field.fill(str(value))


def start(page: Page, **settings: object) -> None:
    set_up(page, **settings)
    page.get_by_role("button", name="Train", exact=True).click()


def state(page: Page):
    return page.locator(".learn-state")


def test_a_training_ends_with_the_visitors_own_network_on_the_pad(open_learn, mnist: Digits, pretrained) -> None:
    page = open_learn()
    draw(page, STROKES[4])
    expect_torch(page)
    shared = percents(page)
    start(page, **QUICK)
    expect(state(page)).to_have_text("Done")

    recipe = recipe_of({"recipe": "chapter"} | QUICK)
    network = MLP(hidden=16, seed=5)
    *_, last = train(network, mnist, recipe)
    own = Classifier(network, recipe, last.test_accuracy, guard=pretrained.guard)
    accuracy = f"{last.test_accuracy:.2%}".replace("%", "\u00a0%")
    expect(page.locator(".learn-runs li")).to_have_text(re.compile(f"Run 1 Adam, .*test accuracy {accuracy}"))
    expect(page.locator(".learn-result h3")).to_contain_text(accuracy)
    for chart in ("loss", "accuracy"):
        assert page.locator(f".learn-{chart} path").get_attribute("d").count("L") > 3
    expect(page.locator(".learn-accuracy circle")).to_have_count(1)

    test = mnist.test_images, mnist.test_labels
    rows = page.locator(".confusion tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('td')].map(cell => Number(cell.textContent)))"
    )
    assert rows == confusion(own, *test).tolist()
    worst = most_wrong(own, *test)
    shown = page.locator(".learn-mistakes b").all_inner_texts()
    assert shown == [
        f"{label} → {answer}" for label, answer in zip(worst.labels.tolist(), worst.answers.tolist(), strict=True)
    ]

    page.get_by_role("button", name="Read my drawing with it").click()
    expect(page.get_by_role("radio", name="yours")).to_be_checked()
    expect(page.get_by_label("The network that is reading")).to_contain_text("784 – 16 – 16 – 10")
    expect_torch(page)  # the server reads with the same one
    (reading,) = own.read_pictures(frame(ink_of(STROKES[4])[None]))
    theirs = [round(100 * share, 1) for share in reading.probabilities]
    assert percents(page) == pytest.approx(theirs, abs=0.11)
    assert percents(page) != shared

    page.get_by_role("radio", name="both").check(force=True)
    both = page.get_by_role("meter").evaluate_all("all => all.map(one => [one.ariaLabel, Number(one.ariaValueNow)])")
    assert [share for label, share in both if "shared" not in label] == pytest.approx(theirs, abs=0.11)
    assert [share for label, share in both if "shared" in label] == shared
    expect(page.locator(".both")).to_contain_text("the shared network: 4")
    page.get_by_role("radio", name="shared").check(force=True)
    expect_torch(page)
    assert percents(page) == shared


def test_a_training_can_be_stopped_and_another_one_compared(open_learn) -> None:
    page = open_learn()
    start(page, **LONG)
    expect(page.locator(".learn-now")).to_contain_text(" left")
    page.get_by_role("button", name="Stop").click()
    expect(state(page)).to_have_text("Stopped")
    expect(page.locator(".learn-result h3")).to_contain_text("Run 1")
    start(page, optimiser="sgd", learning_rate=10, epochs=1, batch_size=100)
    expect(state(page)).to_contain_text("Diverged: The training diverged: choose a learning rate below 10.")
    expect(page.locator(".learn-runs li")).to_have_count(2)
    expect(page.locator(".learn-loss .chart-run")).to_have_count(2)
    expect(page.locator(".learn-loss .chart-run").nth(1)).to_contain_text("✕")
    assert "no number any more" in page.locator(".learn-loss svg").get_attribute("aria-label")
    page.get_by_role("button", name="Remove run 1 from the chart").click()
    expect(page.locator(".learn-loss .chart-run")).to_have_count(1)
    expect(page.locator(".learn-runs li")).to_contain_text("Run 2")


def test_bad_settings_get_a_clear_word(open_learn) -> None:
    page = open_learn()
    problem = page.locator(".learn-problem")
    for wrong, sentence in (
        ({"learning_rate": 0}, "Learning rate must be a number above 0 and at most 100."),
        ({"learning_rate": "0.001", "epochs": 51}, "In the page, a training has at most 50 epochs."),
        ({"epochs": "", "batch_size": 32}, "Epochs must be a whole number"),
        ({"epochs": 5, "batch_size": 1}, "300,000 steps"),
    ):
        start(page, **wrong)
        expect(problem).to_contain_text(sentence)
    page.locator("[name=recipe]").select_option("drawing")
    expect(page.locator("[name=learning_rate]")).to_have_value("0.003")
    expect(page.locator("[name=batch_size]")).to_have_value("32")


def test_two_visitors_wait_for_each_other_and_keep_their_networks(open_learn) -> None:
    ann, ben = open_learn(), open_learn()
    start(ann, **LONG)
    expect(state(ann)).to_contain_text("Training")
    start(ben, **QUICK | {"seed": 6})
    expect(state(ben)).to_contain_text("Place 1 in the queue")
    for page in (ann, ben):  # both draw meanwhile
        draw(page, STROKES[3])
        expect_torch(page)
    ann.get_by_role("button", name="Stop").click()
    expect(state(ann)).to_have_text("Stopped")
    expect(state(ben)).to_have_text("Done")
    fingerprints = set()
    for page in (ann, ben):
        page.get_by_role("button", name="Read my drawing with it").click()
        expect_torch(page)
        fingerprints.add(page.evaluate("Live.own.fingerprint"))
    assert len(fingerprints) == 2


def test_a_reload_begins_anew(open_learn) -> None:
    page = open_learn()
    start(page, **QUICK)
    expect(state(page)).to_have_text("Done")
    expect(page.locator(".chooser")).to_be_visible()
    page.reload()
    expect(page.get_by_role("button", name="Train", exact=True)).to_be_visible()
    expect(page.locator(".chooser")).to_be_hidden()
    expect(page.locator(".learn-runs li")).to_have_count(0)


@pytest.mark.skipif(has_mnist(), reason="this machine has its own copy of MNIST")
def test_without_mnist_the_view_says_how_to_get_it(new_page, server: Server) -> None:
    page = new_page(f"{server.url}?view=learn")
    expect(page.locator(".learn-missing")).to_contain_text("python -m model train")
    start(page)
    expect(state(page)).to_contain_text("Failed: Training needs MNIST")


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_it_fits_and_can_be_read(open_learn, width: int, scheme: str) -> None:
    page = open_learn(viewport={"width": width, "height": 820}, color_scheme=scheme)
    draw(page, STROKES[5])
    start(page, **QUICK)
    page.get_by_role("button", name="Compare it with the shared network").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for button in page.locator(".learn").get_by_role("button").all():
        assert button.bounding_box()["height"] >= 44
    assert page.evaluate(CONTRASTS) == []


def test_a_server_that_restarts_loses_the_training_and_says_so(open_learn, learning_server: Server) -> None:
    page = open_learn()
    start(page, **LONG)
    expect(page.locator(".learn-now")).to_contain_text(" left")
    learning_server.stop()
    expect(state(page)).to_contain_text("The server can't be reached")
    draw(page, STROKES[8])
    learning_server.start()
    expect(state(page)).to_contain_text("Lost: ")
    expect(page.locator(".learn-loss .chart-run")).to_have_count(1)  # what was seen stays
    start(page, **QUICK)
    expect(state(page)).to_have_text("Done")
    page.get_by_role("button", name="Read my drawing with it").click()
    expect_torch(page)
