"""The smallest change that makes another digit win."""

import torch

from model.classifier import Classifier
from model.data.mnist import Digits
from tests.perturbation import smallest_change


def plain_deepfool(classifier: Classifier, image: torch.Tensor) -> float:
    """The size of the change that DeepFool finds if its tones are clipped."""
    tones, winner = image.flatten().double(), int(classifier.logits(image[None]).argmax())
    for _ in range(100):
        x = tones.clone().requires_grad_()
        scores = classifier.network(((x / 255 - classifier.mean) / classifier.std).float()[None])[0].double()
        if int(scores.argmax()) != winner:
            return float((tones - image.flatten()).norm())
        steps = []
        for digit in set(range(10)) - {winner}:
            (gradient,) = torch.autograd.grad(scores[winner] - scores[digit], x, retain_graph=True)
            steps.append(-((scores[winner] - scores[digit]).item() + 0.01) / float(gradient @ gradient) * gradient)
        tones = (tones + 1.02 * min(steps, key=lambda step: float(step.norm()))).clamp(0, 255)
    return float("inf")


def test_another_digit_wins_just_so_and_no_plain_way_finds_less(pretrained: Classifier, mnist: Digits) -> None:
    for image in mnist.test_images[:5]:
        changed = smallest_change(pretrained, image)
        assert changed is not None
        before, after = (pretrained.logits(images[None])[0] for images in (image, changed))
        assert after.argmax() != before.argmax()
        assert after.max() - after[before.argmax()] < 0.2  # just beyond the tie
        nearly = image.float() + 0.95 * (changed.float() - image.float())
        x = (nearly / 255 - pretrained.mean) / pretrained.std
        assert pretrained.network(x[None, None])[0].argmax() == before.argmax()
        assert (changed.float() - image.float()).norm() <= plain_deepfool(pretrained, image)
