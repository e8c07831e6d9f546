"""Reports on classifiers, and the figures of the pretrained one."""

import json
from dataclasses import replace

import torch

from model.evaluation.report import evaluate, table


def test_figures_agree_with_each_other(mnist, pretrained):
    images, labels = mnist.test_images[:500], mnist.test_labels[:500]
    upside_down = {"upside down": images.flip(1), "blank": torch.zeros_like(images[:3])}
    result = evaluate(pretrained, {"some": (images, labels)}, upside_down)
    figures, predictions = result["digits"]["some"], pretrained.predict_images(images)
    correct = [p for p, label in zip(predictions, labels.tolist(), strict=True) if p.digit == label]
    confusion = torch.tensor(figures["confusion"])
    assert confusion.sum(dim=1).tolist() == labels.bincount().tolist()
    assert confusion.diagonal().sum() == len(correct)
    assert figures["accuracy"] == len(correct) / 500
    assert figures["withheld"] == 1 - sum(p.verdict == "digit" for p in correct) / len(correct)
    rejected = int(pretrained.detector.rejects(images.flip(1)).sum())
    assert result["negatives"]["upside down"]["rejected"] == rejected / 500 > 0
    assert result["negatives"]["blank"]["rejected"] == 0
    assert result["test_accuracy"] == pretrained.test_accuracy
    assert json.loads(json.dumps(result)) == result

    other = evaluate(replace(pretrained, detector=None), {"some": (images, labels)}, upside_down)
    lines = [line.split() for line in table([result, other]).splitlines()]
    assert ["some", *[f"{figures['accuracy']:.2%}"] * 2] in lines
    assert ["upside", "down", f"{result['negatives']['upside down']['rejected']:.2%}", "0.00%"] in lines
