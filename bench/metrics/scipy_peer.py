"""Metrics as compositions of SciPy, in the form that MedPy gives them (medpy.metric.binary: a surface is a mask less
its erosion, distances are those of the other surface's transform) and Cheng et al. their boundary IoU; what two
metrics share is found once.

A line with a folder is a question, answered by all numbers; each other line takes the time of one more evaluation.
"""
import json
import math
import resource
import sys
import time

import numpy as np
from scipy import ndimage

TOLERANCE = 2


def surface(mask):
    cross = ndimage.generate_binary_structure(mask.ndim, 1)
    return mask ^ ndimage.binary_erosion(mask, cross)


def distances(pred, target, spacing):
    p, t = surface(pred), surface(target)
    to_target = ndimage.distance_transform_edt(~t, sampling=spacing)
    to_pred = ndimage.distance_transform_edt(~p, sampling=spacing)
    return to_target[p], to_pred[t]


def band(mask, width):
    square = ndimage.generate_binary_structure(mask.ndim, mask.ndim)
    return mask ^ ndimage.binary_erosion(mask, square, iterations=width)


def hd95(pred, target, spacing, width):
    return {"hd95": np.percentile(np.hstack(distances(pred, target, spacing)), 95)}


def seven(pred, target, spacing, width):
    both, sizes = np.count_nonzero(pred & target), np.count_nonzero(pred) + np.count_nonzero(target)
    there, back = distances(pred, target, spacing)
    every = np.hstack((there, back))
    p, t = band(pred, width), band(target, width)
    return {
        "dice": 2 * both / sizes,
        "iou": both / (sizes - both),
        "hd95": np.percentile(every, 95),
        "assd": every.mean(),
        "asd": (there.mean() + back.mean()) / 2,
        "surfaceDice": np.count_nonzero(every <= TOLERANCE) / every.size,
        "boundaryIou": np.count_nonzero(p & t) / np.count_nonzero(p | t),
    }


SETS = {"hd95": hd95, "seven": seven}


def around(a, b):
    """The box around two boxes."""
    if a is None or b is None:
        return a or b
    return tuple(slice(min(i.start, j.start), max(i.stop, j.stop)) for i, j in zip(a, b))


def each_label(pred, target, labels, cropped):
    if not cropped:
        for label in range(1, labels + 1):
            yield pred == label, target == label
        return
    boxes = [ndimage.find_objects(side, max_label=labels) for side in (pred, target)]
    for label, box in enumerate((around(*pair) for pair in zip(*boxes)), 1):
        yield (pred[box] == label, target[box] == label) if box else (pred[:0] == label, target[:0] == label)


def evaluate(measure, pred, target, spacing, labels, cropped):
    """The numbers of each label; none where a side lacks it, of which a composition makes an error."""
    width = max(1, math.floor(0.02 * math.hypot(*pred.shape) + 0.5))
    return [
        {name: float(value) for name, value in measure(p, t, spacing, width).items()} if p.any() and t.any() else {}
        for p, t in each_label(pred, target, labels, cropped)
    ]


for line in sys.stdin:
    asked = json.loads(line)
    if "folder" in asked:
        kind = np.uint8 if asked["bytes"] == 1 else np.uint16
        files = [f"{asked['folder']}/{side}.bin" for side in ("pred", "target")]
        sides = [np.fromfile(file, kind).reshape(asked["shape"]) for file in files]
        question = SETS[asked["set"]], *sides, asked["spacing"], asked["labels"], asked["cropped"]
        print(json.dumps(evaluate(*question)), flush=True)
    else:
        start, before = time.perf_counter(), time.process_time()
        evaluate(*question)
        ms, cpu = 1000 * (time.perf_counter() - start), 1000 * (time.process_time() - before)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"ms": ms, "cpu": cpu, "peak": peak}), flush=True)
