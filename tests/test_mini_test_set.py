"""The test digits that travel with the page."""

import zlib

from model.classifier import Classifier
from model.data.mnist import Digits
from model.paths import MINI_TEST_SET
from tests import mini_test_set


def test_the_file_is_made_of_mnist_and_is_as_hard(mnist: Digits, pretrained: Classifier) -> None:
    packed = mini_test_set.pack(mnist.test_images, mnist.test_labels)
    assert zlib.decompress(MINI_TEST_SET.read_bytes()) == zlib.decompress(packed)
    images, labels = mini_test_set.load()
    originals = mnist.test_images[::33][:300]
    assert (images.int() - originals.int()).abs().max() <= 8
    right, right_of_originals = (
        int((pretrained.logits(some).argmax(1) == labels).sum()) for some in (images, originals)
    )
    assert abs(right - right_of_originals) <= 2
