"""ResNet-50 v1.5 and MobileNetV2 1.0 of PyTorch's modules, and images of 224x224 for them."""
import torch
from torch import nn


def convolution(inputs, outputs, size, stride=1, groups=1, activation=nn.ReLU):
    layers = [nn.Conv2d(inputs, outputs, size, stride, size // 2, groups=groups, bias=False), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, *([activation()] if activation else []))


class Bottleneck(nn.Module):
    def __init__(self, inputs, width, stride):
        super().__init__()
        self.inner = nn.Sequential(convolution(inputs, width, 1), convolution(width, width, 3, stride),
                                   convolution(width, 4 * width, 1, activation=None))
        same = stride == 1 and inputs == 4 * width
        self.beside = nn.Identity() if same else convolution(inputs, 4 * width, 1, stride, activation=None)

    def forward(self, x):
        return nn.functional.relu(self.inner(x) + self.beside(x))


class Inverted(nn.Module):
    def __init__(self, inputs, outputs, stride, factor):
        super().__init__()
        wide = inputs * factor
        widen = [convolution(inputs, wide, 1, activation=nn.ReLU6)] if factor > 1 else []
        self.inner = nn.Sequential(*widen, convolution(wide, wide, 3, stride, wide, nn.ReLU6),
                                   convolution(wide, outputs, 1, activation=None))
        self.same = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.inner(x) if self.same else self.inner(x)


def classifier(layers, channels):
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1000))


def resnet50():
    layers, inputs = [convolution(3, 64, 7, 2), nn.MaxPool2d(3, 2, 1)], 64
    for width, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(blocks):
            layers.append(Bottleneck(inputs, width, stride if block == 0 else 1))
            inputs = 4 * width
    return classifier(layers, 2048)


def mobilenetv2():
    layers, inputs = [convolution(3, 32, 3, 2, activation=nn.ReLU6)], 32
    for factor, outputs, blocks, stride in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
                                            (6, 160, 3, 2), (6, 320, 1, 1)):
        for block in range(blocks):
            layers.append(Inverted(inputs, outputs, stride if block == 0 else 1, factor))
            inputs = outputs
    return classifier([*layers, convolution(320, 1280, 1, activation=nn.ReLU6)], 1280)


def images(batch):
    return (torch.randn(batch, 3, 224, 224),)
