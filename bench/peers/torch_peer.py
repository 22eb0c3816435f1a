"""PyTorch, eager, one thread: each loss as its users write it, forward and backward."""
import json
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

torch.set_num_threads(1)


def planes(z, y):
    return F.one_hot(y, z.shape[1]).movedim(-1, 1).to(z.dtype)


def ratio(z, t, alarms, misses, factor):
    p = torch.softmax(z, 1)
    both = (p * t).sum(2)
    rest = alarms * (p.sum(2) - both) + misses * (t.sum(2) - both)
    return (1 - (factor * both + 1e-5) / (factor * both + rest + 1e-5)).mean()


def focal(z, y):
    u = F.cross_entropy(z, y, reduction="none")
    return ((1 - torch.exp(-u)) ** 2 * u).mean()


LOSSES = {
    "crossEntropy": lambda z, y, w: F.cross_entropy(z, y),
    "focal": lambda z, y, w: focal(z, y),
    "dice": lambda z, y, w: ratio(z, planes(z, y), 1, 1, 2),
    "tversky": lambda z, y, w: ratio(z, planes(z, y), 0.3, 0.7, 1),
    "boundary": lambda z, y, w: (torch.softmax(z, 1) * w).mean(),
    "soft crossEntropy": lambda z, y, t: F.cross_entropy(z, t),
    "soft dice": lambda z, y, t: ratio(z, t, 1, 1, 2),
}

evaluate = None
for line in sys.stdin:
    asked = json.loads(line)
    if "loss" in asked:
        shape, folder = asked["shape"], asked["folder"]
        z = torch.from_numpy(np.fromfile(folder + "/logits.bin", np.float32).reshape(shape)).requires_grad_()
        y = torch.from_numpy(np.fromfile(folder + "/labels.bin", np.uint8).astype(np.int64).reshape(shape[0], shape[2]))
        w = torch.from_numpy(np.fromfile(folder + "/map.bin", np.float32).reshape(shape))
        along = torch.from_numpy(np.fromfile(folder + "/direction.bin", np.float32).reshape(shape)).double()
        loss = LOSSES[asked["loss"]]

        def evaluate():
            z.grad = None
            value = loss(z, y, w)
            value.backward()
            return value

        value = evaluate()
        grad = z.grad.double()
        found = {"value": value.item(), "norm": grad.norm().item(), "product": (grad * along).sum().item()}
        print(json.dumps(found), flush=True)
    else:
        start = time.perf_counter()
        evaluate()
        print(json.dumps({"ms": 1000 * (time.perf_counter() - start)}), flush=True)
