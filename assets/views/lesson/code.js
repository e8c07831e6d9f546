/** The lesson's steps in PyTorch, with the shapes and numbers of the drawing on the pad, in at most 60 columns. Each step
    goes on where the one before it ended, in one namespace; a test runs them all. A comment after `print` is what it
    prints, to three digits. */
/** @import { Facts } from "./facts.js" */
import { argmax, crossEntropy, topTwo } from "../../engine/math.js";
import { CANVAS_SIDE } from "../../engine/pen.js";
import { ALL_STEPS, preprocessingStages } from "../../engine/preprocessing.js";
import { npyOfFloats, png, save } from "../../parts/download.js";
import { nudged } from "./pictures.js";
import { attributed, countPositive, mean, mirrored, neuronOf } from "./facts.js";

/** @typedef {"drawing.png" | "weights.npy"} File what the lines load */

const NETWORK = `\
model = nn.Sequential(
    nn.Flatten(),
    nn.Linear(784, 64), nn.ReLU(),
    nn.Linear(64, 64), nn.ReLU(),
    nn.Linear(64, 10),
)`;

/** Ten logits as PyTorch's tensor. @param {ArrayLike<number>} logits */
function tensor(logits) {
  const numbers = Array.from(logits, (logit) => logit.toFixed(3));
  return `\
logits = torch.tensor([
    ${numbers.slice(0, 5).join(", ")},
    ${numbers.slice(5).join(", ")},
])`;
}

/** The lines of each step, and the file that they load. @type {{ lines: (facts: Facts) => string, file?: File }[]} */
export const CODE = [
  {
    file: "drawing.png",
    lines: ({ now }) => `\
import numpy as np
import torch
from PIL import Image

drawing = Image.open("drawing.png").convert("L")
ink = 255 - torch.from_numpy(np.array(drawing))
print(ink.shape)  # (${CANVAS_SIDE}, ${CANVAS_SIDE})
print((ink > 0).sum())  # ${countPositive(now.ink)}
color = ink.expand(32, 3, -1, -1)
print(color.shape)  # (32, 3, ${CANVAS_SIDE}, ${CANVAS_SIDE})`,
  },
  {
    lines({ now, classifier }) {
      const stages = preprocessingStages(now.ink, CANVAS_SIDE, CANVAS_SIDE, ALL_STEPS);
      if (!stages.crop) return "";
      const { crop, square, image } = stages;
      const input = classifier.forward(image).input;
      return `\
from torch.nn import functional as F

# crop to the ink; faint edges don't count
rows, columns = (ink > ink.max() // 3).nonzero().unbind(1)
top, left = rows.min(), columns.min()
height = rows.max() + 1 - top
width = columns.max() + 1 - left
print(height, width)  # ${crop.height}

# make it square, at least 10 pixels wide
side = max(height, width, 10)
y = top - (side - height) // 2 + 140
x = left - (side - width) // 2 + 140
padded = F.pad(ink.double(), (140, 140, 140, 140))
square = padded[y : y + side, x : x + side]
print(square.shape)  # (${square.height}, ${square.width})

# shrink it to 20 x 20: each pixel is spread over the
# cells that it covers
cells = torch.arange(20)[:, None] * side
pixels = torch.arange(side) * 20
ends = torch.minimum(cells + side, pixels + 20)
overlap = (ends - torch.maximum(cells, pixels)).clamp(min=0)
digit = overlap.double() @ square @ overlap.double().T
digit = (digit / digit.max() * 255 + 0.5).floor()

# paste it so that its center of mass is near the middle
middles = (torch.arange(20) + 0.5).double()
right, down = (
    int((15 - digit.sum(axis) @ middles / digit.sum())
        .floor().clamp(0, 8))
    for axis in (0, 1)
)
image = F.pad(digit, (right, 8 - right, down, 8 - down))
print(image.shape)  # (28, 28)

# normalize
x = (image.float() / 255 - ${classifier.mean}) / ${classifier.std}
print(x.min())  # ${Math.min(...input).toFixed(3)}
print(x.max())  # ${Math.max(...input).toFixed(3)}
print(x.mean())  # ${mean(input).toFixed(3)}`;
    },
  },
  {
    lines: ({ now: { input } }) => `\
batch = x.reshape(1, 1, 28, 28)
row = batch.flatten(1)
print(row.shape)  # (1, 784)
print(row[0, ${argmax(input)}])  # ${Math.max(...input).toFixed(3)}`,
  },
  {
    file: "weights.npy",
    lines(facts) {
      const neuron = neuronOf(facts);
      return `\
from torch import nn

${NETWORK}
weights = torch.from_numpy(np.load("weights.npy"))
parameters = model.parameters()
nn.utils.vector_to_parameters(weights, parameters)

w = model[1].weight[${neuron}]
b = model[1].bias[${neuron}]
print((row[0] * w).sum() + b)  # ${facts.now.sums[0][neuron].toFixed(3)}`;
    },
  },
  {
    lines: ({ now: { hidden } }) => `\
z = model[1](row)
hidden1 = torch.relu(z)
print((hidden1 > 0).sum())  # ${countPositive(hidden[0])}`,
  },
  {
    lines: ({ now: { hidden } }) => `\
hidden2 = torch.relu(model[3](hidden1))
print((hidden2 > 0).sum())  # ${countPositive(hidden[1])}
print(sum(p.numel() for p in model.parameters()))  # 55050`,
  },
  {
    lines: ({ now: { logits, probabilities, digit } }) => `\
logits = model[5](hidden2)
print(logits.max())  # ${logits[digit].toFixed(3)}
probabilities = logits.softmax(1)
print(probabilities.argmax())  # ${digit}
print(probabilities.max())  # ${probabilities[digit].toFixed(3)}
print(probabilities.sum())  # 1.000`,
  },
  {
    lines: ({ now: { logits }, label }) => `\
${tensor(logits)}
label = torch.tensor(${label})
loss = F.cross_entropy(logits, label)
print(loss)  # ${crossEntropy(logits, label).toFixed(3)}
print(-logits.softmax(0)[label].log())  # the same`,
  },
  {
    lines(facts) {
      const { now, label } = facts;
      const { neuron, activation, loss } = nudged(facts);
      const slope = (loss(0.01) - loss(-0.01)) / 0.02;
      return `\
${tensor(now.logits)}
label = torch.tensor(${label})
h = ${activation.toFixed(3)}  # what neuron ${neuron + 1} passes on

def loss(nudge):
    z = logits.clone()
    z[label] += nudge * h
    return F.cross_entropy(z, label)

slope = (loss(0.01) - loss(-0.01)) / 0.02
print(slope)  # ${slope.toFixed(2)}`;
    },
  },
  {
    lines({ now, label }) {
      const asked = now.probabilities.map((share, digit) => share - Number(digit === label));
      return `\
${tensor(now.logits)}
label = torch.tensor(${label})
logits.requires_grad_()
F.cross_entropy(logits, label).backward()
print(logits.grad[label])  # ${asked[label].toFixed(3)}
print(logits.softmax(0)[label] - 1)  # the same`;
    },
  },
  {
    lines: () => `\
from torch.utils.data import DataLoader, TensorDataset
from torchvision.datasets import MNIST

mnist = MNIST("data", train=True, download=True)
images = (mnist.data[:, None] / 255 - 0.1307) / 0.3081
labels = mnist.targets
train = TensorDataset(images[:-5000], labels[:-5000])

${NETWORK}
optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
for epoch in range(5):
    for x, y in DataLoader(train, 32, shuffle=True):
        optimizer.zero_grad()
        F.cross_entropy(model(x), y).backward()
        optimizer.step()`,
  },
  {
    lines: () => `\
@torch.no_grad()
def accuracy(model, images, labels):
    right = model(images).argmax(1) == labels
    return right.float().mean().item()

print(accuracy(model, images[:-5000], labels[:-5000]))
print(accuracy(model, images[-5000:], labels[-5000:]))
test = MNIST("data", train=False, download=True)
x = (test.data[:, None] / 255 - 0.1307) / 0.3081
print(accuracy(model, x, test.targets))`,
  },
  {
    file: "weights.npy",
    lines(facts) {
      const { digit, probabilities } = mirrored(facts);
      return `\
weights = torch.from_numpy(np.load("weights.npy"))
parameters = model.parameters()
nn.utils.vector_to_parameters(weights, parameters)

mirrored = model(batch.flip(2)).softmax(1)
print(mirrored.argmax())  # ${digit}
print(mirrored.max())  # ${Math.max(...probabilities).toFixed(3)}`;
    },
  },
  {
    lines(facts) {
      const { logits } = facts.now;
      const [first, second] = topTwo(logits);
      return `\
pixels = batch.clone().requires_grad_()
z = model(pixels)[0]
lead = z[${first}] - z[${second}]
print(lead)  # ${(logits[first] - logits[second]).toFixed(3)}
lead.backward()
shares = pixels.grad * (pixels - pixels.min())
print(shares.sum())  # ${attributed(facts, [first, second]).toFixed(3)}`;
    },
  },
];

/** @param {File} file @param {Facts} facts */
export async function saveFile(file, { now, classifier }) {
  if (file === "drawing.png") save(file, await png(now.ink, CANVAS_SIDE), "image/png");
  else save(file, npyOfFloats(parameters(classifier.network.layers)), "application/npy");
}

/** All weights and biases, layer by layer. @param {import("../../state/types.js").Layer[]} layers */
function parameters(layers) {
  return Float32Array.from(layers.flatMap(({ weights, biases }) => [...weights, ...biases]));
}
