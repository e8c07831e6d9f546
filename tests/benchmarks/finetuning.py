"""What teaching a network one person's hand gains and costs: python -m tests.benchmarks.finetuning --data DIR

Each of the 30 people of the pen strokes is a reader once: twenty of their digits are the lesson, two of each, and their
other two hundred and more tell what came of it. The pen strokes are a development set: they chose the settings in
model/finetuning.py, and nothing that ships was trained on them.
"""

import argparse
import time

import torch
from torch import Tensor

from model import checkpoint
from model.classifier import Classifier
from model.finetuning import answers, teach
from model.framing import frame
from model.mnist import load_mnist
from model.opening import PRETRAINED
from model.settings import add_model_flags, add_shared_flag
from model.unipen import WRITTEN, draw_somewhere, load_writings

EACH = 2  # of each digit are a lesson


def main() -> None:
    """Teach every writer, and print the means, the hardest eight writers' apart."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_model_flags(parser)
    add_shared_flag(parser)
    parser.add_argument("--lessons", type=int, default=1, help="how many lessons of each writer (default: 1)")
    arguments = parser.parse_args()

    path = arguments.checkpoint if arguments.checkpoint.is_file() else PRETRAINED
    classifier, data = checkpoint.load(path), load_mnist(arguments.data)
    writings = load_writings(arguments.shared / WRITTEN)
    generator = torch.Generator().manual_seed(0)
    pictures = torch.cat([frame(draw_somewhere(writing.strokes, generator)[None]) for writing in writings])
    labels = torch.tensor([writing.label for writing in writings])
    writers = torch.tensor([writing.writer for writing in writings])

    rows, seconds = [], []
    for lesson in range(arguments.lessons):
        for writer in range(1, int(writers.max()) + 1):
            theirs = writers == writer
            taught = chosen(theirs, labels, torch.Generator().manual_seed(1000 * lesson + writer))
            began = time.perf_counter()
            *_, last = teach(classifier, pictures[taught], labels[taught], data, seed=lesson)
            seconds.append(time.perf_counter() - began)
            result = last.taught

            def right(classifier: Classifier, which: Tensor) -> float:
                return (answers(classifier, pictures[which]) == labels[which]).float().mean().item()

            held_out, others = theirs.clone(), ~theirs
            held_out[taught] = False
            shares = [(read == labels[taught]).float().mean().item() for read in (result.before, result.after)]
            shares += [right(reader, held_out) for reader in (classifier, result.classifier)]
            shares.append((result.examined == labels[taught]).float().mean().item())
            shares += [counts.diagonal().sum().item() / 1e4 for counts in (result.mnist_before, result.mnist_after)]
            shares += [right(reader, others) for reader in (classifier, result.classifier)]
            rows.append(shares)

    table = 100 * torch.tensor(rows)  # (lessons x writers, 9)
    hardest = table[:, 2].argsort()[: 8 * arguments.lessons]
    print(f"{len(rows)} lessons of {10 * EACH} drawings, {torch.tensor(seconds).median():.2f} s each (median)")
    for name, some in (("all writers", table), ("the hardest 8", table[hardest])):
        mean = some.mean(dim=0).tolist()
        print(f"{name}: read correctly, %, before -> after")
        print(f"  the drawings taught           {mean[0]:.1f} -> {mean[1]:.1f}   cross-validated {mean[4]:.1f}")
        print(f"  others by the same hand       {mean[2]:.1f} -> {mean[3]:.1f}")
        print(f"  MNIST's test digits           {mean[5]:.2f} -> {mean[6]:.2f}")
        print(f"  everybody else's hands        {mean[7]:.1f} -> {mean[8]:.1f}")
    gain, loss = table[:, 3] - table[:, 2], table[:, 5] - table[:, 6]
    print(
        f"same hand: worse for {int((gain < -1e-4).sum())} of {len(rows)}, at most by {max(0, -gain.min()):.1f} points"
    )
    print(f"MNIST: at most {loss.max():.2f} points lost")


def chosen(theirs: Tensor, labels: Tensor, generator: torch.Generator) -> Tensor:
    """Indices (10 * EACH,) of the drawings to teach: of each digit the same number, at random."""
    indices = theirs.nonzero()[:, 0]
    indices = indices[torch.randperm(len(indices), generator=generator)]
    return torch.cat([indices[labels[indices] == digit][:EACH] for digit in range(10)])


if __name__ == "__main__":
    main()
