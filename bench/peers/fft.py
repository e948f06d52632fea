"""The Fourier transforms of rows of complex numbers. usage: fft.py scipy|torch LENGTH"""
import sys

import numpy as np
from common import bench

framework, length = sys.argv[1], int(sys.argv[2])
random = np.random.RandomState(0)
sizes = (2 ** 20 // length, length)
x = (random.randn(*sizes) + 1j * random.randn(*sizes)).astype(np.complex64)
if framework == "scipy":
    import scipy.fft
    bench("scipy fft", lambda: scipy.fft.fft(x, workers=2))
else:
    import torch
    tensor = torch.from_numpy(x)
    bench("torch fft", lambda: torch.fft.fft(tensor))
