/** A training as a script in plain PyTorch, as a textbook has it: it trains as the settings say, and reaches the same
    accuracy within noise. It needs torch and torchvision, which downloads MNIST. */
/** @import { Settings } from "./settings.js" */
import { VALIDATION } from "./mnist.js";
import { MEAN, STD } from "./network.js";
import { asText, widthsOf } from "./settings.js";

const ACTIVATIONS = {
  relu: "nn.ReLU()",
  leaky_relu: "nn.LeakyReLU()",
  tanh: "nn.Tanh()",
  sigmoid: "nn.Sigmoid()",
  none: "",
};
const OPTIMIZERS = { adam: "Adam", rmsprop: "RMSprop", momentum: "SGD", sgd: "SGD" };
const INITIALIZATIONS = {
  default: "",
  he: `
for layer in model[1:]:
    if isinstance(layer, nn.Linear):
        nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
        nn.init.zeros_(layer.bias)`,
  zeros: `
for parameter in model.parameters():
    nn.init.zeros_(parameter)`,
  large: `
for parameter in model.parameters():
    parameter.data.mul_(10)`,
};

/** @param {Settings} settings */
export function trainingScript(settings) {
  const { learningRate, batchSize, epochs, digits, seed, augmentation, optimizer } = settings;
  const momentum = optimizer === "momentum" ? ", momentum=0.9" : "";
  const augment = `
def augment(images):  # each is rotated, sheared, scaled and shifted a little, at random
    rotation, shear, scale, right, down = torch.rand(5, len(images)) * 2 - 1
    cos, sin = (f(rotation * 0.17) * (scale * 0.1).exp() for f in (torch.cos, torch.sin))
    shear = shear * 0.17
    theta = torch.stack([cos, shear * cos - sin, right / 14, sin, shear * sin + cos, down / 14], dim=1).view(-1, 2, 3)
    grid = F.affine_grid(theta, images.shape, align_corners=False)
    return F.grid_sample(images, grid, align_corners=False)

`;
  return `\
# ${asText(settings)}
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset
from torchvision.datasets import MNIST


def digits(train):
    mnist = MNIST("data", train=train, download=True)
    return mnist.data[:, None] / 255, mnist.targets  # (N, 1, 28, 28), (N,)


def normalize(images):
    return (images - ${MEAN}) / ${STD}

${augmentation ? augment : ""}
@torch.no_grad()
def accuracy(images, labels):
    return (model(normalize(images)).argmax(1) == labels).float().mean().item()


torch.manual_seed(${seed})
images, labels = digits(train=True)
training, validation = (images[:${digits}], labels[:${digits}]), (images[-${VALIDATION}:], labels[-${VALIDATION}:])
loader = DataLoader(TensorDataset(*training), batch_size=${batchSize}, shuffle=True)

model = nn.Sequential(
    nn.Flatten(),  # (N, 784)
${layers(settings)}
)${INITIALIZATIONS[settings.initialization]}
optimizer = torch.optim.${OPTIMIZERS[optimizer]}(model.parameters(), lr=${learningRate}${momentum})

for epoch in range(1, ${epochs + 1}):
    losses = []
    for batch, targets in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(normalize(${augmentation ? "augment(batch)" : "batch"})), targets)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    print(f"epoch {epoch}: loss {sum(losses) / len(losses):.4f}, validation accuracy {accuracy(*validation):.4f}")

print(f"test accuracy {accuracy(*digits(train=False)):.4f}")
torch.save(model.state_dict(), "mlp.pt")
# safetensors.torch.load_file reads the page's file of weights, and model.load_state_dict takes them.
`;
}

/** The lines of nn.Sequential after nn.Flatten. @param {Settings} settings */
function layers(settings) {
  const widths = widthsOf(settings);
  const activation = ACTIVATIONS[settings.activation];
  return widths
    .slice(1)
    .map((outputs, i) => {
      const linear = `    nn.Linear(${widths[i]}, ${outputs}),`;
      if (i === widths.length - 2) return `${linear}  # logits (N, 10)`;
      return activation ? `${linear}\n    ${activation},` : linear;
    })
    .join("\n");
}
