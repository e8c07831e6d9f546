"""A recipe as a script in plain PyTorch, as a textbook has it, and a network's weights as such a script loads them."""

import io
from itertools import pairwise

import torch
from torch import Tensor

from model.data.mnist import VALIDATION
from model.network import DIGITS, MEAN, MLP, PIXELS, STD
from model.training.recipe import START, WARM_UP, Recipe

CLASSES = {"adam": "Adam", "rmsprop": "RMSprop", "sgd": "SGD"}  # PyTorch's names of them


def training_script(recipe: Recipe) -> str:
    """A script that trains as the recipe says, and gives the same curve within noise.

    It needs torch and torchvision, which downloads MNIST. Augmentation, other styles of handwriting and hard examples
    are left out, and the script says so.
    """
    one_cycle = recipe.schedule == "one-cycle"
    schedule = f"""
schedule = torch.optim.lr_scheduler.OneCycleLR(  # a linear rise, then a linear fall to 0
    optimizer, {recipe.learning_rate}, epochs={recipe.epochs}, steps_per_epoch=len(loader), pct_start={WARM_UP},
    div_factor={1 / START:g}, final_div_factor=1e6, anneal_strategy="linear", cycle_momentum=False,
)"""
    some = recipe.digits < Recipe.digits
    first = f"[:{recipe.digits}]" if some else f"[:-{VALIDATION}]"
    extras = recipe.stroke_images or recipe.hard_examples or (recipe.augmentation and recipe.augmented_share)
    left_out = "\n# Left out, so its curve differs from the page's: augmentation, pen strokes, hard examples."
    scheduled = "\n        schedule.step()"
    return f"""\
# {recipe}{left_out if extras else ""}
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset
from torchvision.datasets import MNIST


def digits(train):
    mnist = MNIST("data", train=train, download=True)
    return (mnist.data[:, None] / 255 - {MEAN}) / {STD}, mnist.targets  # (N, 1, 28, 28), (N,)


@torch.no_grad()
def accuracy(images, labels):
    return (model(images).argmax(1) == labels).float().mean().item()


torch.manual_seed({recipe.seed})
images, labels = digits(train=True)
training, validation = (images{first}, labels{first}), (images[-{VALIDATION}:], labels[-{VALIDATION}:])
loader = DataLoader(TensorDataset(*training), batch_size={recipe.batch_size}, shuffle=True)

model = nn.Sequential(
    nn.Flatten(),  # (N, {PIXELS})
{_layers(recipe)}
)
optimizer = torch.optim.{CLASSES[recipe.optimizer]}(model.parameters(), lr={recipe.learning_rate}){
        schedule if one_cycle else ""
    }

for epoch in range(1, {recipe.epochs + 1}):
    losses = []
    for batch, targets in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(batch), targets)
        loss.backward()
        optimizer.step(){scheduled if one_cycle else ""}
        losses.append(loss.item())
    print(f"epoch {{epoch}}: loss {{sum(losses) / len(losses):.4f}}, validation accuracy {{accuracy(*validation):.4f}}")

print(f"test accuracy {{accuracy(*digits(train=False)):.4f}}")
torch.save(model.state_dict(), "mlp.pt")  # model.load_state_dict(torch.load("mlp.pt")) takes the page's file, too
"""


def _layers(recipe: Recipe) -> str:
    """The lines of nn.Sequential that follow nn.Flatten."""
    widths = [PIXELS, *[recipe.hidden] * recipe.hidden_layers]
    activation = "\n    nn.ReLU()," if recipe.activation == "relu" else ""
    hidden = [f"    nn.Linear({inputs}, {width}),{activation}" for inputs, width in pairwise(widths)]
    return "\n".join([*hidden, f"    nn.Linear({widths[-1]}, {DIGITS}),  # logits (N, {DIGITS})"])


def state_dict(network: MLP) -> dict[str, Tensor]:
    """A network's weights and biases under the names that they have in a recipe's script."""
    named = {}
    for number, layer in enumerate(network.layers()):
        at = (2 if network.relu else 1) * number + 1  # after nn.Flatten, layers alternate with nn.ReLU
        named[f"{at}.weight"], named[f"{at}.bias"] = layer.weight.detach(), layer.bias.detach()
    return named


def state_dict_file(network: MLP) -> bytes:
    """The same as a file that `torch.load` takes."""
    file = io.BytesIO()
    torch.save(state_dict(network), file)
    return file.getvalue()
