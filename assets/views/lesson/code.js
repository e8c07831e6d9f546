/** The lesson's steps in PyTorch, with the shapes and numbers of the drawing on the pad, in at most 60 columns. Each step
    goes on where the one before it ended, in one namespace; a test runs them all. A comment after `print` is what it
    prints, to three digits. */
/** @import { Facts } from "./facts.js" */
import { argmax, centerOfMass, crossEntropy, topTwo } from "../../engine/math.js";
import { SIDE } from "../../engine/preprocessing.js";
import { npy, png } from "../../parts/download.js";
import { attributed, countPositive, mean, mirrored, neuronOf, nudged, requests } from "./facts.js";

/** The files that steps load. @type {Record<number, { name: string, content: (facts: Facts) => any }>} */
export const FILES = {
  1: { name: "image.png", content: ({ now }) => png(now.image, SIDE) },
  4: {
    name: "weights.npy",
    content: ({ classifier }) => npy([classifier.network.parameters.length], classifier.network.parameters),
  },
};

/** The lines of each step. @type {((facts: Facts) => string)[]} */
export const CODE = [
  ({ now }) => `\
import numpy as np
import torch
from PIL import Image

image = Image.open("image.png").convert("L")
image = 255 - torch.from_numpy(np.array(image))
print(image.shape)  # (28, 28)
print((image > 0).sum())  # ${countPositive(now.image)}
color = image.expand(32, 3, -1, -1)
print(color.shape)  # (32, 3, 28, 28)`,
  ({ now: { image, input }, classifier }) => `\
# where the center of mass is, from the upper left
tones = image.double()
at = torch.arange(28) + 0.5
print((tones.sum(0) * at).sum() / tones.sum())  # ${centerOfMass(image, SIDE)?.x.toFixed(3)}
print((tones.sum(1) * at).sum() / tones.sum())  # ${centerOfMass(image, SIDE)?.y.toFixed(3)}

# normalize
x = (image / 255 - ${classifier.mean}) / ${classifier.std}
print(x.min())  # ${Math.min(...input).toFixed(3)}
print(x.max())  # ${Math.max(...input).toFixed(3)}
print(x.mean())  # ${mean(input).toFixed(3)}`,
  ({ now: { input } }) => `\
batch = x.reshape(1, 1, 28, 28)
row = batch.flatten(1)
print(row.shape)  # (1, 784)
print(row[0, ${argmax(input)}])  # ${Math.max(...input).toFixed(3)}`,
  (facts) => {
    const neuron = neuronOf(facts);
    return `\
from torch import nn

def mlp():
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 64), nn.ReLU(),
        nn.Linear(64, 64), nn.ReLU(),
        nn.Linear(64, 10),
    )

model = mlp()
weights = torch.from_numpy(np.load("weights.npy"))
parameters = model.parameters()
nn.utils.vector_to_parameters(weights, parameters)

w = model[1].weight[${neuron}]
b = model[1].bias[${neuron}]
print((row[0] * w).sum() + b)  # ${facts.now.sums[0][neuron].toFixed(3)}`;
  },
  ({ now: { hidden } }) => `\
z = model[1](row)
hidden1 = torch.relu(z)
print((hidden1 > 0).sum())  # ${countPositive(hidden[0])}`,
  ({ now: { hidden } }) => `\
hidden2 = torch.relu(model[3](hidden1))
print((hidden2 > 0).sum())  # ${countPositive(hidden[1])}
print(sum(p.numel() for p in model.parameters()))  # 55050`,
  ({ now: { logits, probabilities, digit } }) => `\
logits = model[5](hidden2)
print(logits.max())  # ${logits[digit].toFixed(3)}
probabilities = logits.softmax(1)
print(probabilities.argmax())  # ${digit}
print(probabilities.max())  # ${probabilities[digit].toFixed(3)}
print(probabilities.sum())  # 1.000`,
  ({ now: { logits }, label }) => {
    const numbers = Array.from(logits, (logit) => logit.toFixed(3));
    return `\
from torch.nn import functional as F

logits = torch.tensor([
    ${numbers.slice(0, 5).join(", ")},
    ${numbers.slice(5).join(", ")},
])
label = torch.tensor(${label})
loss = F.cross_entropy(logits, label)
print(loss)  # ${crossEntropy(logits, label).toFixed(3)}
print(-logits.softmax(0)[label].log())  # the same`;
  },
  (facts) => {
    const { neuron, activation, slope } = nudged(facts);
    return `\
label = torch.tensor(${facts.label})
h = ${activation.toFixed(3)}  # what neuron ${neuron + 1} passes on

def loss(nudge):
    z = logits.double()
    z[label] += nudge * h
    return F.cross_entropy(z, label)

slope = (loss(0.001) - loss(-0.001)) / 0.002
print(slope)  # ${slope(0).toFixed(2)}`;
  },
  (facts) => `\
label = torch.tensor(${facts.label})
logits.requires_grad_()
F.cross_entropy(logits, label).backward()
print(-logits.grad[label])  # ${requests(facts)[facts.label].toFixed(3)}
print(1 - logits.softmax(0)[label])  # the same`,
  () => `\
from torch.utils.data import DataLoader, TensorDataset
from torchvision.datasets import MNIST

mnist = MNIST("data", train=True, download=True)
images = (mnist.data[:, None] / 255 - 0.1307) / 0.3081
labels = mnist.targets
train = TensorDataset(images[:-5000], labels[:-5000])

chapter = mlp()
optimizer = torch.optim.Adam(chapter.parameters(), lr=0.001)
for epoch in range(5):
    for x, y in DataLoader(train, 32, shuffle=True):
        optimizer.zero_grad()
        F.cross_entropy(chapter(x), y).backward()
        optimizer.step()`,
  () => `\
@torch.no_grad()
def accuracy(images, labels):
    right = chapter(images).argmax(1) == labels
    return right.float().mean().item()

print(accuracy(images[:-5000], labels[:-5000]))
print(accuracy(images[-5000:], labels[-5000:]))
test = MNIST("data", train=False, download=True)
x = (test.data[:, None] / 255 - 0.1307) / 0.3081
print(accuracy(x, test.targets))`,
  (facts) => {
    const { digit, probabilities } = mirrored(facts);
    return `\
mirrored = model(batch.flip(2)).softmax(1)
print(mirrored.argmax())  # ${digit}
print(mirrored.max())  # ${Math.max(...probabilities).toFixed(3)}`;
  },
  (facts) => {
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
];
