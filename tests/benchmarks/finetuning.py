"""What fine-tuning on one person's handwriting gains and costs: python -m tests.benchmarks.finetuning

Each of the pendigits' six validation writers is the visitor once: a network is fine-tuned on twenty of their digits,
two of each, and their other two hundred and more tell what it gained. The page's trainer does it, in Chromium.
"""

import argparse
import statistics

import torch
from playwright.sync_api import sync_playwright
from torch import Tensor

from model import checkpoint, runtime
from model.classifier import Classifier
from model.evaluation.metrics import accuracy
from model.flags import add_model_flags
from model.paths import PRETRAINED
from model.preprocessing import preprocess
from tests.benchmarks.canvas import place_strokes, written_digits
from tests.page.chromium import FLAGS, find_or_install
from tests.page.training import decode, fine_tuned, load_trainer, repository_files, with_parameters

EACH = 2  # drawings of each digit to fine-tune on
HARDEST = 2  # writers that are reported apart


def main() -> None:
    """Fine-tune for every writer, and print the means, the hardest writers' apart."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_model_flags(parser)
    parser.add_argument("--repeats", type=int, default=1, help="choices of twenty digits for each writer (default: 1)")
    arguments = parser.parse_args()
    runtime.configure()
    path = arguments.checkpoint if arguments.checkpoint.is_file() else PRETRAINED
    classifier = checkpoint.load(path)
    written = written_digits()
    generator = torch.Generator().manual_seed(0)
    images = torch.cat([preprocess(place_strokes(digit.strokes, generator)[None]) for digit in written])
    labels = torch.tensor([digit.label for digit in written])
    writers = torch.tensor([digit.writer for digit in written])

    def correct(classifier: Classifier, which: Tensor) -> float:
        return accuracy(classifier.logits(images[which]), labels[which])

    rows, seconds, files = [], [], repository_files()
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=find_or_install(playwright), args=FLAGS).new_page()
        load_trainer(page, files)
        for repeat in range(arguments.repeats):
            for writer in sorted(set(writers.tolist())):
                theirs = writers == writer
                chosen = choose(theirs, labels, torch.Generator().manual_seed(1000 * repeat + writer))
                result = fine_tuned(page, classifier, images[chosen], labels[chosen], seed=repeat)
                seconds.append(result["seconds"])
                tuned = with_parameters(classifier, decode(result["parameters"]))
                held_out = theirs.clone()
                held_out[chosen] = False
                row = [right(result[name], labels[chosen]) for name in ("before", "after")]
                row += [correct(some, held_out) for some in (classifier, tuned)]
                row += [right(result["outOfFold"], labels[chosen]), *result["mnist"]]
                row += [correct(some, ~theirs) for some in (classifier, tuned)]
                rows.append(row)
    files.stop()

    table = 100 * torch.tensor(rows)  # (repeats x writers, 9)
    hardest = table[:, 2].argsort()[: HARDEST * arguments.repeats]
    print(f"{len(rows)} times {10 * EACH} drawings, {statistics.median(seconds):.2f} s each (median)")
    for name, some in (("all writers", table), (f"the hardest {HARDEST}", table[hardest])):
        mean = some.mean(dim=0).tolist()
        print(f"{name}: predicted correctly, %, before -> after")
        print(f"  the drawings fine-tuned on    {mean[0]:.1f} -> {mean[1]:.1f}   out of fold {mean[4]:.1f}")
        print(f"  others by the same person     {mean[2]:.1f} -> {mean[3]:.1f}")
        print(f"  MNIST's test digits           {mean[5]:.2f} -> {mean[6]:.2f}")
        print(f"  all other people's            {mean[7]:.1f} -> {mean[8]:.1f}")
    gain, loss = table[:, 3] - table[:, 2], table[:, 5] - table[:, 6]
    worse = int((gain < -1e-4).sum())
    print(f"same person: worse for {worse} of {len(rows)}, at most by {max(0, -gain.min()):.1f} points")
    print(f"MNIST: at most {loss.max():.2f} points lost")


def right(predicted: list[int], labels: Tensor) -> float:
    """The share of digits predicted correctly."""
    return (torch.tensor(predicted) == labels).float().mean().item()


def choose(theirs: Tensor, labels: Tensor, generator: torch.Generator) -> Tensor:
    """Indices (10 * EACH,) of the drawings to fine-tune on: the same number of each digit, at random."""
    indices = theirs.nonzero()[:, 0]
    indices = indices[torch.randperm(len(indices), generator=generator)]
    return torch.cat([indices[labels[indices] == digit][:EACH] for digit in range(10)])


if __name__ == "__main__":
    main()
