"""Writes the losses of the char-rnn example's net in PyTorch, from the same weights, on the same batches.

Weights and batches come from Java's SplittableRandom, which is written out here, so that nothing but the text and
the losses is stored. PyTorch computes them with its own LSTM on packed sequences, clipping and Adam, in float32.

    python make_char_rnn_curve.py                                  # needs torch; writes ../resources/char-rnn-curve.txt
    python make_char_rnn_curve.py TEXT STEPS BATCH UNITS           # prints the losses of another training
"""

import pathlib
import sys
import time

import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

RESOURCES = pathlib.Path(__file__).resolve().parent.parent / "resources"
SHORTEST, LONGEST, LEARNING_RATE, CLIP_NORM, WEIGHT_LIMIT = 16, 64, 3e-3, 1.0, 0.1
WEIGHT_SEED, BATCH_SEED = 7, 0
MASK = (1 << 64) - 1


class SplittableRandom:
    def __init__(self, seed):
        self.seed = seed

    def next_double(self):
        self.seed = (self.seed + 0x9E3779B97F4A7C15) & MASK
        z = self.seed
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return ((z ^ (z >> 31)) >> 11) * 2.0 ** -53


class Batches:
    def __init__(self, text):
        alphabet = sorted(set(text))
        self.size = len(alphabet)
        self.characters = torch.tensor([alphabet.index(c) for c in text])
        self.random = SplittableRandom(BATCH_SEED)

    def below(self, bound):
        return int(self.random.next_double() * bound)

    def next(self, batch):
        longest = min(LONGEST, len(self.characters) - 1)
        shortest = min(SHORTEST, longest)
        rows = []
        for _ in range(batch):
            length = shortest + self.below(longest - shortest + 1)
            begin = self.below(len(self.characters) - length)
            rows.append(self.characters[begin:begin + length + 1])
        lengths = torch.tensor([len(row) - 1 for row in rows])
        inputs = torch.nn.utils.rnn.pad_sequence([row[:-1] for row in rows])
        labels = torch.nn.utils.rnn.pad_sequence([row[1:] for row in rows], padding_value=-100)
        return inputs, labels, lengths


def curve(text, steps, batch, units):
    batches = Batches(text)
    random = SplittableRandom(WEIGHT_SEED)

    def weight(*sizes):
        count = torch.Size(sizes).numel()
        values = [WEIGHT_LIMIT * (2 * random.next_double() - 1) for _ in range(count)]
        return torch.tensor(values, dtype=torch.float64).float().reshape(sizes)

    lstm = torch.nn.LSTM(batches.size, units)
    output = torch.nn.Linear(units, batches.size)
    with torch.no_grad():
        lstm.weight_ih_l0.copy_(weight(batches.size, 4 * units).T)
        lstm.weight_hh_l0.copy_(weight(units, 4 * units).T)
        lstm.bias_ih_l0.copy_(weight(4 * units))
        lstm.bias_hh_l0.zero_()
        output.weight.copy_(weight(units, batches.size).T)
        output.bias.copy_(weight(batches.size))
    lstm.bias_hh_l0.requires_grad_(False)
    trained = [p for p in [*lstm.parameters(), *output.parameters()] if p.requires_grad]
    adam = torch.optim.Adam(trained, LEARNING_RATE)
    losses = []
    for step in range(1, steps + 1):
        # TensorFlow's Adam, which the example uses, adds epsilon where v is not yet corrected.
        adam.param_groups[0]["eps"] = 1e-8 / (1 - 0.999 ** step) ** 0.5
        inputs, labels, lengths = batches.next(batch)
        one_hot = torch.nn.functional.one_hot(inputs, batches.size).float()
        packed = pack_padded_sequence(one_hot, lengths, enforce_sorted=False)
        outputs, _ = pad_packed_sequence(lstm(packed)[0])
        logits = output(outputs)
        loss = torch.nn.functional.cross_entropy(logits.reshape(-1, batches.size), labels.reshape(-1))
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(trained, CLIP_NORM)
        adam.step()
        losses.append(loss.item())
    return losses


if __name__ == "__main__":
    if len(sys.argv) > 1:
        text = pathlib.Path(sys.argv[1]).read_text()
        begin = time.time()
        losses = curve(text, *map(int, sys.argv[2:]))
        print("\n".join(map(repr, losses)))
        print((time.time() - begin) / len(losses), "s a step", file=sys.stderr)
    else:
        losses = curve((RESOURCES / "sonnets.txt").read_text(), 150, 8, 32)
        (RESOURCES / "char-rnn-curve.txt").write_text("\n".join(map(repr, losses)) + "\n")
