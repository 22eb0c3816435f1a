"""scipy.ndimage.distance_transform_edt: a question names a mask of bytes in a folder, and distances come back there as
float32; each line without a folder takes the time of one more call."""
import json
import sys
import time

import numpy as np
from scipy import ndimage

for line in sys.stdin:
    asked = json.loads(line)
    if "folder" in asked:
        folder, spacing = asked["folder"], asked["spacing"]
        mask = np.fromfile(folder + "/mask.bin", np.uint8).reshape(asked["shape"])
        distances = ndimage.distance_transform_edt(mask, sampling=spacing)
        distances.astype(np.float32).tofile(folder + "/distances.bin")
        print(json.dumps({}), flush=True)
    else:
        start = time.perf_counter()
        ndimage.distance_transform_edt(mask, sampling=spacing)
        print(json.dumps({"ms": 1000 * (time.perf_counter() - start)}), flush=True)
