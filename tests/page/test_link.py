"""Links: the state of the page in the address's fragment, which is untrusted input."""

import random
import re

from playwright.sync_api import Page, expect

from tests.page.conftest import OpenPage
from tests.page.drawing import STROKES, draw, expect_answer, percents
from tests.page.test_engine import engine as engine  # a page with the modules as they are in assets/

CODE = 'const { encode, decode } = await import("/state/drawing-code.js");'
ADDRESS = 'import("sketchpad/state/link.js").then(({ address }) => address())'
TOLERANCE = 1.0  # percent points: how much a probability may differ after a link was opened, and 0.1 for rounding


def test_drawings_survive_their_code_and_are_at_most_600_characters(engine: Page) -> None:
    """Every distance a decoded stroke may be off by is asked for in turn; the code never grows beyond the limit."""
    drawings = [scribble(seed) for seed in range(20)] + list(STROKES.values())
    codes = engine.evaluate(
        f"async (drawings) => {{ {CODE} return drawings.map((strokes) => [encode(strokes, () => true), "
        "encode(strokes, () => false)].map((text) => [text, decode(text)])) }",
        drawings,
    )
    for strokes, ((short, rough), (long, exact)) in zip(drawings, codes, strict=True):
        assert 0 < len(short) <= len(long) <= 600
        assert len(rough) == len(exact) == len(strokes)
        for before, after in zip(strokes, rough, strict=True):
            ends = zip((before[0], before[-1]), (after[0], after[-1]), strict=True)
            assert all(abs(a - b) <= 0.5 for one, other in ends for a, b in zip(one, other, strict=True))
    assert engine.evaluate(f"async () => {{ {CODE} return encode(Array(500).fill([[1, 1]]), () => true) }}") == ""


def test_any_text_is_a_drawing_or_is_none(engine: Page) -> None:
    """Random texts, and codes with a character changed: a drawing within its bounds, or null, and never an error."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    chance = random.Random(3)
    texts = ["".join(chance.choices(alphabet, k=chance.randint(0, 700))) for _ in range(2000)]
    texts += ["A" * 600, "_" * 600, "é", "%", "A A", "<b>", "\0", "undefined"]
    found = engine.evaluate(
        f"""async (texts) => {{ {CODE}
          const code = encode([[[20, 20], [70, 110], [110, 30]], [[60, 60]]], () => false);
          const change = (_, i) => [...{alphabet!r}].map((other) => code.slice(0, i) + other + code.slice(i + 1));
          const changed = [...code].flatMap(change);
          return [...texts, ...changed].map(decode) }}""",
        texts,
    )
    drawings = [drawing for drawing in found if drawing is not None]
    assert drawings
    assert found[texts.index("A A")] is None
    for drawing in drawings:
        assert all(-20 <= place <= 160 for stroke in drawing for point in stroke for place in point)
        assert all(stroke for stroke in drawing)


def test_a_link_carries_the_drawing_and_everything_chosen(open_page: OpenPage, site: str, server: str) -> None:
    sender = open_page(f"{site}?view=why")
    draw(sender, STROKES[8])
    expect_answer(sender, 8)
    sender.get_by_label("Why this digit").select_option("6")
    fields = "document.querySelector('.train-form').elements"
    sender.evaluate(f"Object.assign({fields}.epochs, {{ value: 7 }}), Object.assign({fields}.seed, {{ value: 12 }})")
    for view in ("loss", "input"):
        sender.evaluate(f"import('sketchpad/state/views.js').then(({{ open }}) => open('{view}'))")
        if view == "loss":
            sender.get_by_role("radio", name="5").check()
        else:
            sender.get_by_role("switch", name="Center by mass").uncheck()
    address = sender.evaluate(ADDRESS)
    assert "?view=input#v=1&" in address
    assert re.search("&pair=6.*&without=center|&without=center.*&pair=6", address)
    receiver = open_page(address.replace(site, server))
    expect(receiver.get_by_role("switch", name="Center by mass")).not_to_be_checked()
    assert receiver.locator(".loss-meant input:checked").input_value() == "5"
    assert [receiver.evaluate(f"{fields}.{name}.value") for name in ("epochs", "seed")] == ["7", "12"]
    differences = [abs(a - b) for a, b in zip(percents(sender), percents(receiver), strict=True)]
    assert max(differences) <= TOLERANCE + 0.1
    receiver.get_by_role("button", name="Share").click()
    again = receiver.get_by_label("Link", exact=True).input_value()
    assert chosen(again) == chosen(address)


def test_a_link_carries_neurons_that_are_off_and_which_network_predicts(
    open_page: OpenPage, site: str, server: str
) -> None:
    sender = open_page(f"{site}?view=neurons")
    draw(sender, STROKES[4])
    sender.get_by_role("button", name="Switch off the weaker half").click()
    expect(sender.locator(".neurons-switched")).to_contain_text("64 of 128 hidden neurons are off")
    sender.get_by_label("About this network").click()
    sender.get_by_role("button", name="Compare both").click()
    expect(sender.get_by_role("radio", name="Both")).to_be_checked()
    address = sender.evaluate(ADDRESS)
    assert re.search(r"&off-shared=[\da-f]{1,16}\.[\da-f]{1,16}(&|$)", address)
    receiver = open_page(address.replace(site, server))
    expect(receiver.get_by_role("radio", name="Both")).to_be_checked()
    receiver.get_by_role("button", name="Share").click()
    assert chosen(receiver.get_by_label("Link", exact=True).input_value()) == chosen(address)
    sender.goto("about:blank")
    sender.goto(address)
    expect(sender.get_by_role("radio", name="Both")).to_be_checked()
    assert chosen(sender.evaluate(ADDRESS)) == chosen(address)


def test_values_that_are_none_of_the_pages_change_nothing(open_page: OpenPage, site: str) -> None:
    damaged = "train=epochs.-1&train=recipe.none&pair=7.7&neuron=4.0&without=constructor&rate=1&snapshot=-1&label=10"
    damaged += "&off-shared=00000000000000001.&network=own"  # a 65th neuron of 64; a network that is not in links
    page = open_page(f"{site}#v=1&{damaged}&drawing=__&constructor=1")
    expect(page.locator(".tabs-notice")).to_contain_text("The link is damaged")
    assert page.evaluate(ADDRESS).endswith("#v=1")


def chosen(address: str) -> set[str]:
    """What a link carries beside the drawing, which may be a little simpler in a second link."""
    return {field for field in address.partition("#")[2].split("&") if not field.startswith("drawing=")}


def scribble(seed: int) -> list[list[list[float]]]:
    """One to five strokes that wander about, also over the edges; the longest has a thousand points."""
    chance = random.Random(seed)
    strokes = []
    for _ in range(chance.randint(1, 5)):
        x, y = chance.uniform(0, 140), chance.uniform(0, 140)
        strokes.append([[x, y]])
        for _ in range(chance.choice([0, 1, 30, 1000])):
            x, y = (min(max(place + chance.uniform(-4, 4), -19), 159) for place in (x, y))
            strokes[-1].append([x, y])
    return strokes
