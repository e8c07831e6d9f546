/** The lesson's steps in PyTorch, with the shapes and numbers of the drawing on the pad. Each step goes on where the one
    before it ended, in one namespace; a test runs them all. A comment "(1, 784)" is the shape of what its line defines,
    and "= 7.31" is the value of its line. */
/** @import { Facts } from "./steps.js" */
import { crossEntropy, topTwo } from "../../engine/math.js";
import { parameterCount } from "../../engine/network.js";
import { CANVAS_SIDE } from "../../engine/pen.js";
import { ALL_STEPS, preprocessingStages } from "../../engine/preprocessing.js";
import { gradientSize } from "../../engine/reference.js";
import { attributed, brightest, countPositive, lossAfter, mean, RATE, strongest, upsideDown } from "./steps.js";

/** @typedef {"drawing.png" | "weights.npy"} File what the lines load */

/** A network as an expression. @param {number[]} widths */
function sequential(widths) {
  const layers = widths.slice(1).map((width, i) => `nn.Linear(${widths[i]}, ${width})`);
  return `nn.Sequential(nn.Flatten(), ${layers.join(", nn.ReLU(), ")})`;
}

/** The lines of each step, and the file that they load. @type {{ lines: (facts: Facts) => string, file?: File }[]} */
export const PYTORCH = [
  {
    file: "drawing.png",
    lines: ({ now }) => `\
import numpy as np
import torch
from PIL import Image

paper = np.array(Image.open("drawing.png").convert("L"))  # (${CANVAS_SIDE}, ${CANVAS_SIDE})
ink = torch.from_numpy(255 - paper)  # (${CANVAS_SIDE}, ${CANVAS_SIDE})
(ink > 0).sum()  # = ${countPositive(now.ink)}`,
  },
  {
    lines({ now }) {
      const stages = preprocessingStages(now.ink, CANVAS_SIDE, CANVAS_SIDE, ALL_STEPS);
      if (!stages.crop) return "";
      const { crop, square } = stages;
      return `\
from torch.nn import functional as F

rows, columns = (ink > ink.max() // 3).nonzero(as_tuple=True)  # faint edges don't count
top, left = rows.min(), columns.min()
height, width = rows.max() + 1 - top, columns.max() + 1 - left
crop = ink[top : top + height, left : left + width]  # (${crop.height}, ${crop.width})

side = max(height, width, 10)
y, x = top - (side - height) // 2 + 140, left - (side - width) // 2 + 140
square = F.pad(ink.double(), (140, 140, 140, 140))[y : y + side, x : x + side]  # (${square.height}, ${square.width})

cells, pixels = torch.arange(20)[:, None] * side, torch.arange(side) * 20
overlap = torch.minimum(cells + side, pixels + 20) - torch.maximum(cells, pixels)
overlap = overlap.clamp(min=0).double()  # (20, ${square.width})
digit = overlap @ square @ overlap.T  # (20, 20)
digit = (digit / digit.max() * 255 + 0.5).floor()

middles = torch.arange(20) + 0.5
right, down = (int((15 - digit.sum(axis) @ middles.double() / digit.sum()).floor().clamp(0, 8)) for axis in (0, 1))
image = F.pad(digit, (right, 8 - right, down, 8 - down))  # (28, 28)`;
    },
  },
  {
    lines: ({ now: { input }, classifier }) => `\
x = (image.float() / 255 - ${classifier.mean}) / ${classifier.std}  # (28, 28)
x.min()  # = ${Math.min(...input).toFixed(3)}
x.max()  # = ${Math.max(...input).toFixed(3)}
x.mean()  # = ${mean(input).toFixed(4)}`,
  },
  {
    lines: (facts) => `\
batch = x.reshape(1, 1, 28, 28)  # (1, 1, 28, 28)
row = batch.flatten(1)  # (1, 784)
row[0, ${brightest(facts)}]  # = ${Math.max(...facts.now.input).toFixed(3)}`,
  },
  {
    file: "weights.npy",
    lines(facts) {
      const { widths } = facts.description.network;
      const neuron = strongest(facts);
      return `\
from torch import nn

model = ${sequential(widths)}
weights = torch.from_numpy(np.load("weights.npy"))  # (${parameterCount(widths).parameters},)
nn.utils.vector_to_parameters(weights, model.parameters())

w = model[1].weight[${neuron}]  # (784,)
(row[0] * w).sum() + model[1].bias[${neuron}]  # = ${facts.now.sums[0][neuron].toFixed(3)}`;
    },
  },
  {
    lines: ({
      now: {
        hidden: [hidden1],
      },
    }) => `\
hidden1 = torch.relu(model[1](row))  # (1, ${hidden1.length})
(hidden1 > 0).sum()  # = ${countPositive(hidden1)}`,
  },
  {
    lines: ({
      now: {
        hidden: [, hidden2],
      },
      description,
    }) => `\
hidden2 = torch.relu(model[3](hidden1))  # (1, ${hidden2.length})
(hidden2 > 0).sum()  # = ${countPositive(hidden2)}
sum(parameter.numel() for parameter in model.parameters())  # = ${parameterCount(description.network.widths).parameters}`,
  },
  {
    lines: ({ now: { logits, digit } }) => `\
logits = model[5](hidden2)  # (1, 10)
logits.argmax()  # = ${digit}
logits.max()  # = ${logits[digit].toFixed(3)}`,
  },
  {
    lines: ({ now: { probabilities, digit } }) => `\
probabilities = logits.softmax(1)  # (1, 10)
probabilities[0, ${digit}]  # = ${probabilities[digit].toFixed(4)}
probabilities.sum()  # = 1.0000`,
  },
  {
    lines: ({ now: { logits }, label }) => `\
label = torch.tensor([${label}])  # (1,)
loss = F.cross_entropy(logits, label)  # = ${crossEntropy(logits, label).toFixed(4)}`,
  },
  {
    lines({ now, classifier, label, description }) {
      const { length, zeros } = gradientSize(classifier.network, now, label);
      return `\
loss.backward()
gradient = torch.cat([p.grad.flatten() for p in model.parameters()])  # (${parameterCount(description.network.widths).parameters},)
gradient.norm()  # = ${length.toFixed(4)}
(gradient == 0).sum()  # = ${zeros}`;
    },
  },
  {
    lines: (facts) => `\
from copy import deepcopy

stepped = deepcopy(model)
optimizer = torch.optim.SGD(stepped.parameters(), lr=${facts.rate || RATE})
optimizer.zero_grad()
F.cross_entropy(stepped(batch), label).backward()
optimizer.step()
F.cross_entropy(stepped(batch), label)  # = ${lossAfter(facts).toFixed(4)}`,
  },
  {
    lines: ({ description }) => `\
from torch.utils.data import DataLoader, TensorDataset
from torchvision.datasets import MNIST

mnist = MNIST("data", train=True, download=True)
images = (mnist.data[:, None] / 255 - 0.1307) / 0.3081
train = TensorDataset(images[:-5000], mnist.targets[:-5000])  # without the validation digits

student = ${sequential(description.network.widths)}
optimizer = torch.optim.Adam(student.parameters(), lr=0.001)
for epoch in range(5):
    for inputs, labels in DataLoader(train, batch_size=32, shuffle=True):
        optimizer.zero_grad()
        F.cross_entropy(student(inputs), labels).backward()
        optimizer.step()`,
  },
  {
    lines: () => `\
@torch.no_grad()
def accuracy(network, images, labels):
    return (network(images).argmax(1) == labels).float().mean().item()

test = MNIST("data", train=False, download=True)
accuracy(student, (test.data[:, None] / 255 - 0.1307) / 0.3081, test.targets)`,
  },
  {
    lines: ({ description }) => `\
few, few_labels = images[:100], mnist.targets[:100]
overfitted = ${sequential(description.network.widths)}
optimizer = torch.optim.Adam(overfitted.parameters(), lr=0.001)
for step in range(200):
    optimizer.zero_grad()
    F.cross_entropy(overfitted(few), few_labels).backward()
    optimizer.step()

accuracy(overfitted, few, few_labels)  # higher than
accuracy(overfitted, images[-5000:], mnist.targets[-5000:])  # on the validation digits`,
  },
  {
    lines(facts) {
      const { digit, probabilities } = upsideDown(facts);
      return `\
upside_down = model(batch.flip(2)).softmax(1)  # (1, 10)
upside_down.argmax()  # = ${digit}
upside_down.max()  # = ${Math.max(...probabilities).toFixed(4)}`;
    },
  },
  {
    lines(facts) {
      const { logits } = facts.now;
      const [first, second] = topTwo(logits);
      return `\
pixels = batch.clone().requires_grad_()  # (1, 1, 28, 28)
scores = model(pixels)[0]  # (10,)
difference = scores[${first}] - scores[${second}]  # = ${(logits[first] - logits[second]).toFixed(3)}
difference.backward()
attribution = pixels.grad * (pixels - x.min())  # (1, 1, 28, 28)
attribution.sum()  # = ${attributed(facts, [first, second]).toFixed(3)}`;
    },
  },
];
