"""Python's word at pen-up: the newest drawing wins, disagreement is shouted, and a lost connection heals."""

import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.page.conftest import Server
from tests.page.hand import ONE, STROKES, draw, expect_answer, expect_torch, percents, status, torch

LISTENER = "**/gradio_api/run/predict"


@pytest.fixture
def own_server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


def alarm(page: Page):
    return page.get_by_label("What the network thinks").get_by_role("alert")


def test_a_drawing_is_sent_in_a_few_kilobytes(page: Page) -> None:
    sent = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    scribble = [[[x, y], [140 - x, y + 3]] for x, y in zip(range(0, 140, 5), range(0, 140, 5), strict=True)]
    for strokes in (STROKES[8], scribble):
        page.keyboard.press("Escape")
        draw(page, strokes)
        expect_torch(page)
    assert 500 < max(map(len, sent)) < 10_000


def hold_first_answer(page: Page) -> list[Route]:
    """Keep the first question from the server until the test lets it go on."""
    held: list[Route] = []
    page.route(LISTENER, lambda route: route.continue_() if held else held.append(route))
    return held


def test_a_late_answer_never_overwrites_a_newer_one(page: Page) -> None:
    held = hold_first_answer(page)
    draw(page, ONE)
    expect(torch(page)).to_have_text("asking torch …")
    page.keyboard.press("Escape")
    draw(page, STROKES[8])
    expect(torch(page)).to_have_text("asking torch …")
    with page.expect_response(LISTENER):
        held[0].continue_()  # the answer to the 1 arrives now: nobody wants it any more
    expect_answer(page, 8)
    expect(alarm(page)).to_be_hidden()


def test_an_answer_to_a_cleared_drawing_is_dropped(page: Page) -> None:
    held = hold_first_answer(page)
    draw(page, ONE)
    expect(torch(page)).to_have_text("asking torch …")
    page.keyboard.press("Escape")
    with page.expect_response(LISTENER):
        held[0].continue_()
    page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(torch(page)).to_be_empty()
    expect(status(page)).to_have_text("Nothing drawn yet.")


def answered_otherwise(page: Page, change: Callable[[dict], None]) -> None:
    """Let the server's answers be changed on their way."""

    def on_the_way(route: Route) -> None:
        reply = route.fetch()
        content = reply.json()
        change(content["data"][0])
        route.fulfill(response=reply, body=json.dumps(content))

    page.route(LISTENER, on_the_way)


def test_disagreement_is_shouted(page: Page) -> None:
    answered_otherwise(page, lambda answer: answer.update(digit=3, probabilities=[0, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
    draw(page, ONE)
    expect(alarm(page)).to_have_text("Torch reads 3, this page reads 1. That must not be: reload the page.")
    page.keyboard.press("Escape")
    expect(alarm(page)).to_be_hidden()


def test_a_server_with_another_network_says_so(page: Page) -> None:
    answered_otherwise(page, lambda answer: answer.update(network="0123456789abcdef"))
    draw(page, ONE)
    expect(alarm(page)).to_contain_text("reads with another network by now")


def test_without_a_network_drawing_goes_on_and_heals(page: Page) -> None:
    draw(page, ONE)
    expect_answer(page, 1)
    page.context.set_offline(True)
    page.keyboard.press("Escape")
    draw(page, STROKES[3])
    expect(torch(page)).to_contain_text("No connection to Python")
    expect(status(page)).to_contain_text("Looks like 3")
    page.context.set_offline(False)
    expect_answer(page, 3)


def test_a_busy_server_is_asked_again(page: Page) -> None:
    """As where too many questions come from one address: the door answers that, and only that, to a question."""
    page.route(LISTENER, lambda route: route.fulfill(status=429, json={"detail": "Try again in a few seconds."}))
    draw(page, STROKES[3])
    expect(torch(page)).to_contain_text("Python is busy")
    expect(status(page)).to_contain_text("Looks like 3")
    page.unroute(LISTENER)
    expect_answer(page, 3)


def test_a_killed_server_is_noticed_and_its_return_too(new_page, own_server: Server) -> None:
    page = new_page(own_server.url)
    draw(page, ONE)
    expect_answer(page, 1)
    own_server.stop()
    page.keyboard.press("Escape")
    draw(page, STROKES[6])
    expect(torch(page)).to_contain_text("No connection to Python")
    page.keyboard.press("Escape")
    draw(page, STROKES[2])
    expect(status(page)).to_contain_text("Looks like 2")
    own_server.start()
    expect_answer(page, 2)


def test_a_server_lost_in_the_middle_of_a_question_costs_no_drawing(new_page, own_server: Server) -> None:
    page = new_page(own_server.url)
    page.route(LISTENER, lambda route: (own_server.stop(), route.abort()))
    draw(page, STROKES[4])
    expect(torch(page)).to_contain_text("No connection to Python")
    draw(page, [[[30, 120], [60, 125], [110, 122]]], lift=False)  # the reload comes in the middle of a stroke
    before = percents(page)
    page.unroute(LISTENER)
    with page.expect_event("load", timeout=60_000):  # Gradio reloads the page by itself, once the server is back
        own_server.start()
    expect_torch(page)
    assert percents(page) == before
