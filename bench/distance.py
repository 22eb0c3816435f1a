"""Times scipy.ndimage.distance_transform_edt: for each line "FILE SIZE SIZE [SIZE]" on standard input, milliseconds of one call.

FILE holds a mask of bytes; FILE.out takes the distances as float32.
"""
import sys
import time

import numpy as np
from scipy import ndimage

for line in sys.stdin:
    name, *shape = line.split()
    mask = np.fromfile(name, np.uint8).reshape([int(n) for n in shape])
    start = time.perf_counter()
    distances = ndimage.distance_transform_edt(mask)
    elapsed = time.perf_counter() - start
    distances.astype(np.float32).tofile(name + ".out")
    print(1000 * elapsed, flush=True)
