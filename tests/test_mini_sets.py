"""The validation and test digits that travel with the page."""

import pytest
import torch

from model.classifier import Classifier
from model.data.mnist import Digits
from tests import mini_sets


@pytest.mark.parametrize("path", [mini_sets.VALIDATION, mini_sets.TEST], ids=lambda path: path.stem)
def test_a_file_is_made_of_mnist_and_is_as_hard(path, mnist: Digits, pretrained: Classifier) -> None:
    whole = {
        mini_sets.VALIDATION: (mnist.validation_images, mnist.validation_labels),
        mini_sets.TEST: (mnist.test_images, mnist.test_labels),
    }
    originals, labels = mini_sets.thinned(*whole[path])
    images, same_labels = mini_sets.load(path)
    assert torch.equal(same_labels, labels)
    assert (images.int() - originals.int()).abs().max() <= 8
    right, of_originals = (int((pretrained.logits(some).argmax(1) == labels).sum()) for some in (images, originals))
    assert abs(right - of_originals) <= 2
