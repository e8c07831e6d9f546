"""Verification by the server at pen-up: the newest drawing counts, disagreement is said, a lost connection heals."""

import copy
import json
import re
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import torch
from playwright.sync_api import Page, Request, Route, expect

from model.classifier import Classifier
from tests.page.conftest import OpenPage, wait_until_ready
from tests.page.drawing import (
    ONE,
    STROKES,
    alarm,
    choose_sample,
    clear,
    draw,
    expect_answer,
    expect_verified,
    in_percents,
    on_pad,
    percents,
    status,
    verification,
)
from tests.page.servers import ServerHere

ASKED = re.compile("/verify$")
CODE = """async () => {
  const load = (name) => import(new URL(`sketchpad/state/${name}.js`, document.baseURI));
  return (await load("drawing-code")).drawing.write((await load("state")).state.strokes.value);
}"""


def test_the_server_is_asked_at_pen_up_in_a_few_kilobytes_and_not_while_the_pen_moves(
    open_page: OpenPage, server: str
) -> None:
    page = open_page(f"{server}?view=all")
    page.wait_for_load_state("networkidle")  # the views, too, have what they need
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))
    [first, *others] = STROKES[3][0]
    draw(page, [[first]], lift=False)
    seen = set()
    for point in others:
        page.mouse.move(*on_pad(page, point))
        seen.add(tuple(percents(page)))
    assert len(seen) > 7  # the bars move
    assert not requests
    expect(status(page)).to_have_text("Nothing drawn yet.")  # spoken at pen-up, not at every movement
    page.mouse.up()
    expect_verified(page)
    paths = [urlsplit(request.url).path for request in requests if request.resource_type != "font"]
    assert paths == ["/verify"]

    scribble = [[[x, y], [140 - x, y + 3]] for x, y in zip(range(0, 140, 10), range(0, 140, 10), strict=True)]
    clear(page)
    draw(page, scribble)
    expect_verified(page)
    assert 500 < max(len(request.post_data or "") for request in requests) < 10_000

    with page.expect_response(ASKED) as asked:
        page.goto(f"{server}#v=2&without=crop&drawing={page.evaluate(CODE)}")  # the server leaves the same step out
    assert asked.value.request.post_data_json["steps"]["crop"] is False
    expect_verified(page)


def hold_first_answer(page: Page) -> list[Route]:
    """Keep the first question from the server until the test lets it go on."""
    held: list[Route] = []
    page.route(ASKED, lambda route: route.continue_() if held else held.append(route))
    return held


def test_a_late_answer_is_dropped(served_page: Page) -> None:
    page = served_page
    held = hold_first_answer(page)
    with page.expect_request(ASKED):
        draw(page, ONE)
    choose_sample(page, 8)
    expect(verification(page)).to_contain_text("Asking PyTorch")
    with page.expect_response(ASKED):
        held[0].continue_()  # the answer to the 1 arrives after the 8 was drawn
    expect_answer(page, 8)
    expect_verified(page)
    expect(alarm(page)).to_be_hidden()


def change_answers(page: Page, change: Callable[[dict], None]) -> None:
    """Change the server's answers on their way."""

    def on_the_way(route: Route) -> None:
        reply = route.fetch()
        content = reply.json()
        change(content)
        route.fulfill(response=reply, body=json.dumps(content))

    page.route(ASKED, on_the_way)


def test_disagreement_raises_an_alarm(served_page: Page) -> None:
    page = served_page
    change_answers(page, lambda answer: answer.update(digit=3, probabilities=[0, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
    draw(page, ONE)
    expect(alarm(page)).to_have_text("PyTorch predicts 3, this page predicts 1. Reload the page.")
    clear(page)
    expect(alarm(page)).to_be_hidden()
    page.unroute(ASKED)
    draw(page, ONE)
    expect_verified(page)


@pytest.mark.slow
def test_without_a_connection_or_an_answer_drawing_goes_on_and_the_server_is_asked_again(served_page: Page) -> None:
    page = served_page
    page.wait_for_load_state("networkidle")  # its views, too, are there
    page.context.set_offline(True)
    draw(page, STROKES[3])
    expect(verification(page)).to_contain_text("No connection to the server")
    expect_answer(page, 3)
    page.context.set_offline(False)
    expect_verified(page)

    # The request limits answer a question, and only that, when too many come from one address.
    page.route(ASKED, lambda route: route.fulfill(status=429, json={"detail": "Try again in a few seconds."}))
    clear(page)
    draw(page, STROKES[8])
    expect(verification(page)).to_contain_text("The server is busy")
    expect_answer(page, 8)
    page.unroute(ASKED)
    expect_verified(page)


@pytest.mark.slow
def test_a_drawing_is_its_tabs_own_and_survives_sleep_and_the_way_back(served_page: Page) -> None:
    page = served_page
    draw(page, STROKES[3])
    expect_verified(page)
    beside = page.context.new_page()
    beside.goto(page.url)
    wait_until_ready(beside)
    expect(status(beside)).to_have_text("Nothing drawn yet.")
    draw(beside, STROKES[8])
    expect_verified(beside)
    expect_answer(page, 3)
    page.bring_to_front()
    session = page.context.new_cdp_session(page)
    session.send("Page.setWebLifecycleState", {"state": "frozen"})
    session.send("Page.setWebLifecycleState", {"state": "active"})
    page.goto("about:blank")
    page.go_back()
    wait_until_ready(page)
    expect_answer(page, 3)
    expect_verified(page)


@pytest.mark.slow
def test_a_server_ends_and_returns_with_another_network(open_page: OpenPage, pretrained: Classifier) -> None:
    """The page predicts on its own meanwhile, and with its own network until it is reloaded."""
    with closing(ServerHere(pretrained)) as server:
        page = open_page(server.url)
        server.close()
        ink = choose_sample(page, 6)
        expect(verification(page)).to_contain_text("No connection to the server")
        expect_answer(page, 6)

        network = copy.deepcopy(pretrained.network)
        with torch.no_grad():
            network.output.weight.mul_(0.5)  # it predicts the same digits, less surely
        other = replace(pretrained, network=network, snapshots=())
        server.start(other)
        expect(alarm(page)).to_contain_text("The server has another network by now. Reload the page to get it.")
        assert percents(page) == shares(pretrained, ink)
        page.reload()
        wait_until_ready(page)
        ink = choose_sample(page, 6)
        expect_verified(page)
        assert percents(page) == shares(other, ink) != shares(pretrained, ink)


@pytest.mark.slow
def test_it_is_verified_below_a_path_of_its_own_that_a_proxy_strips_or_not(
    open_page: OpenPage, pretrained: Classifier
) -> None:
    with closing(ServerHere(pretrained, root_path="/digits")) as server:
        for path in ("", "digits/"):
            page = open_page(f"{server.url}{path}")
            draw(page, STROKES[3])
            expect_answer(page, 3)
            expect_verified(page)


def shares(classifier: Classifier, ink: torch.Tensor) -> list[float]:
    """What the bars say of this ink."""
    return in_percents(classifier.predict(ink[None])[0].probabilities)
