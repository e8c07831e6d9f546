"""The network: fully connected hidden layers with ReLU, two by default, then ten logits.

784-64-64-10 makes 55,050 parameters. Cross-entropy is taken on the logits; softmax turns them into probabilities only
to show them.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

PIXELS = 28 * 28
DIGITS = 10
MEAN, STD = 0.1307, 0.3081  # MNIST's training pixels, scaled to 0..1


class MLP(nn.Module):
    """A multi-layer perceptron for 28 x 28 images.

    Args:
        hidden: width of each hidden layer.
        outputs: how many logits; by default one for each digit.
        seed: of the initial weights, drawn as nn.Linear draws them; the global random state is left alone.
        hidden_layers: how many there are; with none, the network is a softmax regression.
        relu: whether a ReLU follows each hidden layer. Without, the network is linear however many layers it has.
    """

    output: nn.Linear

    def __init__(
        self, hidden: int = 64, outputs: int = DIGITS, seed: int = 0, hidden_layers: int = 2, relu: bool = True
    ) -> None:
        super().__init__()
        self.relu = relu
        self._hidden = tuple(f"hidden{number}" for number in range(1, hidden_layers + 1))
        generator = torch.Generator().manual_seed(seed)
        widths = [PIXELS, *[hidden] * hidden_layers, outputs]
        for name, inputs, width in zip((*self._hidden, "output"), widths, widths[1:], strict=False):
            layer = nn.Linear(inputs, width, device="meta")  # nothing is drawn from the global random state
            bound = inputs**-0.5
            for kind, parameter in list(layer.named_parameters()):
                initial = torch.empty(parameter.shape).uniform_(-bound, bound, generator=generator)
                setattr(layer, kind, nn.Parameter(initial))
            self.add_module(name, layer)

    def forward(self, inputs: Tensor) -> Tensor:
        """Normalized images (N, 1, 28, 28) to logits (N, outputs)."""
        x = inputs.flatten(1)  # (N, 784)
        for layer in self.hidden_layers():
            x = layer(x)  # (N, hidden)
            if self.relu:
                x = F.relu(x)
        logits: Tensor = self.output(x)  # (N, outputs)
        return logits

    def hidden_layers(self) -> list[nn.Linear]:
        """The hidden layers, from the pixels on."""
        return [getattr(self, name) for name in self._hidden]

    def layers(self) -> list[nn.Linear]:
        """The fully connected layers, from the pixels to the logits."""
        return [*self.hidden_layers(), self.output]

    @property
    def widths(self) -> list[int]:
        """The sizes of the input, each hidden layer, and the output."""
        return [PIXELS, *(layer.out_features for layer in self.layers())]

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
