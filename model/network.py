"""The network: two fully connected hidden layers with ReLU, ten logits.

784-64-64-10 makes 55,050 parameters. Cross-entropy is taken on the logits; softmax turns them into probabilities only
to show them.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

PIXELS = 28 * 28
DIGITS = 10
MEAN, STD = 0.1307, 0.3081  # of MNIST's training pixels, scaled to 0..1


class MLP(nn.Module):
    """A multi-layer perceptron for 28 x 28 images.

    Args:
        hidden: width of both hidden layers.
        outputs: how many logits; by default one for each digit.
        seed: of the initial weights, drawn as nn.Linear draws them; the global random state is left alone.
    """

    def __init__(self, hidden: int = 64, outputs: int = DIGITS, seed: int = 0) -> None:
        super().__init__()
        # On the meta device nothing is drawn from the global random state.
        self.hidden1 = nn.Linear(PIXELS, hidden, device="meta")
        self.hidden2 = nn.Linear(hidden, hidden, device="meta")
        self.output = nn.Linear(hidden, outputs, device="meta")

        generator = torch.Generator().manual_seed(seed)
        for layer in self.layers():
            bound = layer.in_features**-0.5
            for name, parameter in list(layer.named_parameters()):
                initial = torch.empty(parameter.shape).uniform_(-bound, bound, generator=generator)
                setattr(layer, name, nn.Parameter(initial))

    def forward(self, inputs: Tensor) -> Tensor:
        """Normalized images (N, 1, 28, 28) to logits (N, outputs)."""
        x = inputs.flatten(1)  # (N, 784)
        x = F.relu(self.hidden1(x))  # (N, hidden)
        x = F.relu(self.hidden2(x))  # (N, hidden)
        logits: Tensor = self.output(x)  # (N, outputs)
        return logits

    def layers(self) -> tuple[nn.Linear, nn.Linear, nn.Linear]:
        """The fully connected layers, from the pixels to the logits."""
        return self.hidden1, self.hidden2, self.output

    def flat_parameters(self) -> Tensor:
        """A copy of all weights and biases, layer by layer, as one flat tensor, float32."""
        return torch.cat([parameter.detach().flatten() for parameter in self.parameters()])


def normalize(images: Tensor, mean: float = MEAN, std: float = STD) -> Tensor:
    """Images (N, 28, 28), uint8, to the network's input (N, 1, 28, 28), float32: mean 0, deviation 1 over MNIST."""
    return images.unsqueeze(1).float().div_(255).sub_(mean).div_(std)


@torch.inference_mode()
def image_logits(network: MLP, images: Tensor, mean: float = MEAN, std: float = STD) -> Tensor:
    """The logits (N, outputs) for images (N, 28, 28), uint8: the one place that joins normalization and network."""
    logits: Tensor = network(normalize(images, mean, std))
    return logits
