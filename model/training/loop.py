"""The training loop, with its losses, its backward pass and its optimizers.

Every layer computes y = x W^T + b, and every layer but the last is followed by a ReLU, max(y, 0). Backpropagation asks
how the loss L changes with each number on the way, from the logits back to the first layer (D. E. Rumelhart,
G. E. Hinton and R. J. Williams, "Learning Representations by Back-Propagating Errors", 1986). With delta = dL/dy, three
products answer that for a layer:

    dL/dW = delta^T x        dL/db = sum of delta over the batch        dL/dx = delta W

and dL/dx, where the ReLU below is not at 0, is the delta of the layer below.

PyTorch's autograd and torch.optim compute the same (tests/model/training/test_backpropagation.py proves it), but record
every operation first, and import what takes seconds. For a network this small that is longer than the arithmetic.
"""

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from model.evaluation.metrics import accuracy
from model.network import DIGITS, MLP, image_logits
from model.training.batches import Batches, Samples
from model.training.recipe import Recipe

# --- Losses: training minimizes their mean over a batch ---------------------------------------------------------------


class CrossEntropy:
    """Softmax and cross-entropy, -log p(label), for ten digits."""

    def targets(self, labels: Tensor) -> Tensor:
        """Labels (N,) as one-hot rows (N, 10)."""
        return F.one_hot(labels, DIGITS).float()

    def gradient(self, logits: Tensor, targets: Tensor) -> Tensor:
        """dL/dlogits, (N, 10), of the mean loss: softmax minus one-hot."""
        return torch.softmax(logits, dim=1).sub_(targets).mul_(1 / len(logits))

    def each(self, logits: Tensor, labels: Tensor) -> Tensor:
        """The loss of each sample, (N,)."""
        return F.cross_entropy(logits, labels, reduction="none")

    def correct(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Which samples are predicted correctly, (N,), bool."""
        return logits.argmax(dim=1) == labels


@dataclass(frozen=True)
class BinaryCrossEntropy:
    """Sigmoid and binary cross-entropy, for one logit and labels of 1 (yes) and 0 (no).

    Attributes:
        pos_weight: how much more a sample labeled 1 counts than one labeled 0.
    """

    pos_weight: float = 1.0

    def targets(self, labels: Tensor) -> Tensor:
        """Labels (N,) as a column of zeros and ones, (N, 1)."""
        return labels[:, None].float()

    def gradient(self, logits: Tensor, targets: Tensor) -> Tensor:
        """dL/dlogits, (N, 1), of the mean loss: sigmoid minus target, with each sample's weight."""
        weights = 1 + (self.pos_weight - 1) * targets
        return torch.sigmoid(logits).sub_(targets).mul_(weights).mul_(1 / len(logits))

    def each(self, logits: Tensor, labels: Tensor) -> Tensor:
        """The weighted loss of each sample, (N,)."""
        weight = torch.tensor(self.pos_weight, dtype=logits.dtype)
        targets = labels[:, None].to(logits.dtype)
        return F.binary_cross_entropy_with_logits(logits, targets, pos_weight=weight, reduction="none")[:, 0]

    def correct(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Which samples are predicted correctly, (N,), bool."""
        return (logits[:, 0] > 0) == (labels > 0)


Loss = CrossEntropy | BinaryCrossEntropy
CROSS_ENTROPY = CrossEntropy()

# --- The backward pass ------------------------------------------------------------------------------------------------


class Backpropagation:
    """The gradient of a network's loss.

    The parameters of all layers become views of one flat vector, and their gradients views of another, so that an
    optimizer moves the whole network with a few operations on whole vectors.

    Args:
        layers: fully connected, from the input to the logits, each as wide as the next one's input.
        loss: of the logits.
        relu: whether a ReLU follows every layer but the last.

    Attributes:
        parameters: (P,), all weights and biases, layer by layer; the layers' own parameters are views of it.
        gradient: (P,), dL/dparameters of the last batch.
    """

    def __init__(self, layers: Sequence[nn.Linear], loss: Loss, relu: bool = True) -> None:
        own = [parameter for layer in layers for parameter in (layer.weight, layer.bias)]
        sizes = [parameter.numel() for parameter in own]
        self.parameters = torch.cat([parameter.detach().flatten() for parameter in own])
        self.gradient = torch.zeros_like(self.parameters)
        values = [part.view_as(like) for part, like in zip(self.parameters.split(sizes), own, strict=True)]
        gradients = [part.view_as(like) for part, like in zip(self.gradient.split(sizes), own, strict=True)]
        for parameter, value in zip(own, values, strict=True):
            parameter.data = value
        self._weights, self._biases = values[::2], values[1::2]
        self._weights_transposed = [weight.t() for weight in self._weights]  # views, too
        self._weight_gradients, self._bias_gradients = gradients[::2], gradients[1::2]
        self._loss, self._relu = loss, relu

    def __call__(self, inputs: Tensor, targets: Tensor) -> Tensor:
        """The logits (N, outputs) for a batch of inputs (N, pixels), after which `gradient` is this batch's."""
        # Forward: a layer has I inputs and O outputs.
        x = inputs
        layer_inputs: list[Tensor] = []
        for weight_transposed, bias in zip(self._weights_transposed, self._biases, strict=True):
            if layer_inputs and self._relu:
                x.relu_()
            layer_inputs.append(x)  # (N, I)
            x = torch.addmm(bias, x, weight_transposed)  # (O,) + (N, I) (I, O) = (N, O)
        logits = x

        # Backward: delta is dL/dy of the layer in hand.
        delta = self._loss.gradient(logits, targets)  # (N, outputs)
        for layer in reversed(range(len(layer_inputs))):
            x = layer_inputs[layer]  # (N, I)
            torch.mm(delta.t(), x, out=self._weight_gradients[layer])  # (O, N) (N, I) = (O, I)
            torch.sum(delta, dim=0, out=self._bias_gradients[layer])  # (O,)
            if layer > 0:
                delta = torch.mm(delta, self._weights[layer])  # (N, O) (O, I) = (N, I)
                if self._relu:
                    delta.mul_(x.sign())  # the slope of ReLU: 1 where its output is positive, 0 where it is 0
        return logits


# --- Optimizers: all but the learning rate is as PyTorch's defaults have it -------------------------------------------

EPSILON = 1e-8  # keeps the division finite where a gradient is 0


class SGD:
    """Stochastic gradient descent (H. Robbins and S. Monro, "A Stochastic Approximation Method", 1951).

    Args:
        parameters: (P,), moved in place.
        gradient: (P,), written anew before every step.
    """

    def __init__(self, parameters: Tensor, gradient: Tensor) -> None:
        self.parameters, self.gradient = parameters, gradient

    def step(self, learning_rate: float) -> None:
        """Move the parameters against the gradient."""
        self.parameters.add_(self.gradient, alpha=-learning_rate)


class RMSProp(SGD):
    """Each parameter's gradient, divided by its recent magnitude (T. Tieleman and G. Hinton, "RMSProp", 2012)."""

    decay = 0.99

    def __init__(self, parameters: Tensor, gradient: Tensor) -> None:
        super().__init__(parameters, gradient)
        self.square = torch.zeros_like(parameters)  # running average of the squared gradient

    def step(self, learning_rate: float) -> None:
        self.square.mul_(self.decay).addcmul_(self.gradient, self.gradient, value=1 - self.decay)
        self.parameters.addcdiv_(self.gradient, self.square.sqrt().add_(EPSILON), value=-learning_rate)


class Adam(SGD):
    """RMSProp with momentum (D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", 2015).

    With g the gradient, m and v running averages of g and of g^2, and t the number of the step:

        m = beta1 m + (1 - beta1) g          v = beta2 v + (1 - beta2) g^2
        parameters -= learning_rate * m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + epsilon)
    """

    beta1, beta2 = 0.9, 0.999

    def __init__(self, parameters: Tensor, gradient: Tensor) -> None:
        super().__init__(parameters, gradient)
        self.mean, self.square = torch.zeros_like(parameters), torch.zeros_like(parameters)
        self.steps = torch.zeros(())

    def step(self, learning_rate: float) -> None:
        # The kernel of torch.optim.Adam(fused=True), private to PyTorch: the two lines above in one pass over the
        # memory, in half the time. The optimizer around it imports torch._dynamo, which takes a third of a training.
        self.steps.add_(1)
        torch._fused_adam_(
            [self.parameters],
            [self.gradient],
            [self.mean],
            [self.square],
            [],
            [self.steps],
            lr=learning_rate,
            beta1=self.beta1,
            beta2=self.beta2,
            weight_decay=0.0,
            eps=EPSILON,
            amsgrad=False,
            maximize=False,
        )


OPTIMIZERS: dict[str, type[SGD]] = {"adam": Adam, "rmsprop": RMSProp, "sgd": SGD}

# --- The loop ---------------------------------------------------------------------------------------------------------


class DivergedError(Exception):
    """A training whose loss grew beyond all bounds; the message says what to do."""


@dataclass(frozen=True)
class Progress:
    """How far a training is.

    Attributes:
        epoch, epochs: the current epoch (from 1), and how many there are.
        step, steps: gradient updates done in this epoch, and how many it has.
        total_step, total_steps: gradient updates done in the whole training, and how many it has.
        loss, accuracy: mean loss, and share predicted correctly (0 to 1), over this epoch's samples so far.
        recent_loss: mean loss of the samples since the last report, for curves.
        seconds_left: time until the last step, at the pace so far.
        diverged: whether loss or parameters are no longer finite; it is the last report then.
        validation_loss, validation_accuracy: mean loss over the validation samples, and share of them predicted
            correctly (0 to 1), at the end of an epoch; None before it, and if there are no validation samples.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    total_step: int
    total_steps: int
    loss: float
    accuracy: float
    recent_loss: float
    seconds_left: float
    diverged: bool = False
    validation_loss: float | None = None
    validation_accuracy: float | None = None

    @property
    def epochs_done(self) -> float:
        """Epochs done; a whole number at the end of one."""
        return self.epoch - 1 + self.step / self.steps


def train(
    network: MLP, samples: Samples, recipe: Recipe, validation: Samples | None = None, loss: Loss = CROSS_ENTROPY
) -> Iterator[Progress]:
    """Train a network in place, yielding its progress several times a second, and at the end of each epoch.

    The same samples, recipe and machine give the same weights, on one core or more. To stop early, stop iterating.

    Args:
        network: starts from the weights that it has.
        samples: to train on; a recipe's images of pen strokes are among them.
        recipe: optimizer, learning rate, batch size, epochs, augmentation and so on.
        validation: to measure loss and accuracy on at the end of each epoch.
        loss: to minimize.

    Raises:
        DivergedError: if loss or weights are no longer finite, after a last report that says so.
    """
    backpropagation = Backpropagation(network.layers(), loss, network.relu)
    optimizer = OPTIMIZERS[recipe.optimizer](backpropagation.parameters, backpropagation.gradient)
    batches = Batches(samples, recipe)
    total_step, total_steps, start = 0, sum(batches.steps), time.monotonic()

    for epoch, steps in enumerate(batches.steps, 1):
        epoch_step, epoch_losses, epoch_correct = 0, torch.empty(0), torch.empty(0)
        for chunk in batches.epoch(epoch):
            pairs = zip(
                chunk.inputs.split(recipe.batch_size), loss.targets(chunk.labels).split(recipe.batch_size), strict=True
            )
            outputs = []
            with torch.inference_mode():  # never around a yield: it would hold for the caller, too
                for x, y in pairs:
                    outputs.append(backpropagation(x, y))
                    learning_rate = recipe.learning_rate_at(total_step / total_steps)
                    # I. Loshchilov and F. Hutter, "Decoupled Weight Decay Regularization", 2019.
                    backpropagation.parameters.mul_(1 - learning_rate * recipe.weight_decay)
                    optimizer.step(learning_rate)
                    total_step += 1

            logits = torch.cat(outputs)  # (N, outputs), each as it was before the step that it led to
            epoch_step += len(outputs)
            recent_losses = loss.each(logits, chunk.labels)
            epoch_losses = torch.cat([epoch_losses, recent_losses])
            epoch_correct = torch.cat([epoch_correct, loss.correct(logits, chunk.labels).float()])
            mean_loss = epoch_losses.mean().item()
            progress = Progress(
                epoch,
                recipe.epochs,
                epoch_step,
                steps,
                total_step,
                total_steps,
                loss=mean_loss,
                accuracy=epoch_correct.mean().item(),
                recent_loss=recent_losses.mean().item(),
                seconds_left=(time.monotonic() - start) / total_step * (total_steps - total_step),
                diverged=not (math.isfinite(mean_loss) and bool(backpropagation.parameters.isfinite().all())),
            )
            if validation and epoch_step == steps:
                logits = image_logits(network, validation.images)
                validation_loss = loss.each(logits, validation.labels).mean().item()
                measured = accuracy(logits, validation.labels)
                progress = replace(progress, validation_loss=validation_loss, validation_accuracy=measured)
            yield progress
            if progress.diverged:
                raise DivergedError(
                    f"The training diverged at a learning rate of {recipe.learning_rate:g}: train with 0.001, or less."
                )
