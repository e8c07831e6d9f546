"""From ink to predictions: a digit, unsure, not a digit, or blank."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from model.classifier import BLANK, CONFIDENCE_THRESHOLD, DIGIT, NOT_A_DIGIT, UNSURE, Classifier
from model.data.pen import draw
from model.detector import Detector
from model.network import MLP
from model.preprocessing import Steps, preprocess
from model.training.recipe import Recipe

SEVEN = draw([[(40, 30), (100, 30), (60, 110)]])
SCRIBBLE = draw([[(20 + 10 * index, 20 + 100 * (index % 2)) for index in range(11)]])


def test_each_drawing_gets_its_verdict(pretrained):
    blank, seven, scribble = pretrained.predict(torch.stack([draw([]), SEVEN, SCRIBBLE]))
    assert (blank.verdict, blank.digit, blank.probabilities) == (BLANK, None, [0.0] * 10)
    assert (seven.verdict, seven.digit) == (DIGIT, 7)
    assert scribble.verdict == NOT_A_DIGIT
    assert scribble.digit == np.argmax(scribble.probabilities)
    assert sum(scribble.probabilities) == pytest.approx(1)


def test_without_a_probable_digit_the_verdict_is_unsure():
    (prediction,) = Classifier(MLP(), Recipe(), 0.1).predict(SEVEN[None])
    assert max(prediction.probabilities) < CONFIDENCE_THRESHOLD
    assert prediction.verdict == UNSURE


def test_a_drawing_is_predicted_by_the_steps_asked_for(pretrained):
    steps = Steps(crop=False)
    assert pretrained.predict(SEVEN[None], steps) == pretrained.predict_images(preprocess(SEVEN[None], steps))
    assert pretrained.predict(SEVEN[None], steps) != pretrained.predict(SEVEN[None])


def test_a_fingerprint_changes_with_every_number_and_with_nothing_else(pretrained):
    detector = pretrained.detector
    others = [
        replace(pretrained, mean=0.2),
        replace(pretrained, std=0.5),
        replace(pretrained, network=MLP()),
        replace(pretrained, detector=None),
        replace(pretrained, detector=Detector(detector.network, detector.threshold + 1)),
        replace(pretrained, detector=Detector(MLP(outputs=1), detector.threshold)),
    ]
    fingerprints = {classifier.fingerprint() for classifier in (pretrained, *others)}
    assert len(fingerprints) == 7
    assert all(len(fingerprint) == 16 for fingerprint in fingerprints)
    same = replace(pretrained, recipe=Recipe("other"), test_accuracy=0.0, provenance={}, snapshots=())
    assert same.fingerprint() == pretrained.fingerprint()
