"""The drawings of assets/data/strokes.npz, drawn as they are trained and measured on."""

import torch

from model.classifier import DIGIT
from model.data import strokes
from model.data.strokes import (
    PENDIGITS,
    TEMPLATES,
    UNIPEN,
    draw,
    load_drawings,
    samples,
    training_digits,
    training_negatives,
)

ALL = load_drawings()


def test_the_file_is_whole():
    assert [int((ALL.sources == source).sum()) for source in (UNIPEN, PENDIGITS, TEMPLATES)] == [25_633, 7_494, 370]
    assert int(ALL.are_digits.sum()) == 8_258 + 7_494 + 179
    own = torch.arange(ALL.points.shape[1]) < ALL.sizes[:, None]
    # Each fills its scale, but for points that were left out and a few dots.
    assert ALL.points.amin(dim=1).max() <= 2
    assert (ALL.points.amax(dim=(1, 2)) >= 253).float().mean() > 0.99
    assert (ALL.strokes.diff(dim=1) <= 1)[own[:, 1:]].all()
    assert strokes.STROKES.stat().st_size < 2_000_000


def test_nobody_writes_both_to_train_and_to_validate_on():
    are_letters = torch.tensor([chr(label).isalpha() for label in ALL.labels.tolist()])
    for kind in (ALL.are_digits, are_letters, ~ALL.are_digits & ~are_letters):  # each counts its writers from 0
        for source in (UNIPEN, PENDIGITS):
            theirs = ALL[kind & (ALL.sources == source)]
            held_out = theirs.writers[theirs.is_validation]
            assert not torch.isin(held_out, theirs.writers[~theirs.is_validation]).any()
    pendigits = ALL[ALL.sources == PENDIGITS]
    assert pendigits[pendigits.is_validation].writers.unique().tolist() == list(range(25, 31))
    assert len(ALL[(ALL.sources == UNIPEN) & ALL.is_validation & ALL.are_digits].writers.unique()) == 37


def test_training_draws_nothing_that_is_held_out(monkeypatch):
    drawn = []
    monkeypatch.setattr(
        strokes, "draw", lambda drawings, *_, **__: drawn.append(drawings) or torch.zeros(len(drawings))
    )
    _, labels = training_digits(3_000, torch.Generator().manual_seed(0))
    training_negatives(3_000, torch.Generator().manual_seed(0))
    digits, negatives = drawn
    assert not any(drawings.is_validation.any() for drawings in drawn)
    assert digits.are_digits.all()
    assert torch.equal(labels, digits.digits)
    assert not (negatives.are_digits | negatives.like_digits).any()
    assert set(digits.sources.tolist()) == {UNIPEN, PENDIGITS, TEMPLATES}


def test_a_drawing_is_never_drawn_twice_the_same_but_always_by_the_same_seed():
    once, again, others = (training_digits(500, torch.Generator().manual_seed(seed))[0] for seed in (1, 1, 2))
    assert torch.equal(once, again)
    assert not torch.equal(once, others)
    same = ALL[torch.zeros(200, dtype=torch.long)]
    assert len(draw(same, torch.Generator().manual_seed(0)).flatten(1).unique(dim=0)) == 200


def test_samples_are_trained_on_and_legible(pretrained):
    for digit, drawings in enumerate(samples()):
        assert drawings.digits.tolist() == [digit] * 3
        assert not drawings.is_validation.any()
        assert len(drawings.writers.unique()) == 3
        predictions = pretrained.predict_images(draw(drawings, torch.Generator().manual_seed(0), varied=False))
        assert [(p.digit, p.verdict) for p in predictions] == [(digit, DIGIT)] * 3
