"""The training step of suite_torch.py's LSTM in other sizes, and of a GRU. usage: rnn_torch.py eager|compile lstm|gru STEPS BATCH HIDDEN"""
import sys, torch, torch.nn as nn, torch.nn.functional as F
from common import bench
mode, cell, T, B, H = *sys.argv[1:3], *map(int, sys.argv[3:6]); I = 128
torch.manual_seed(0)
class Net(nn.Module):
    def __init__(s): super().__init__(); s.l = {'lstm': nn.LSTM, 'gru': nn.GRU}[cell](I, H); s.o = nn.Linear(H, 10)
    def forward(s, x): return s.o(s.l(x)[0][-1])
m = Net(); x = torch.randn(T, B, I); y = torch.randint(0, 10, (B,)); cm = torch.compile(m) if mode == 'compile' else m; opt = torch.optim.SGD(m.parameters(), 0.1)
def step():
    opt.zero_grad(set_to_none=True); l = F.cross_entropy(cm(x), y); l.backward(); opt.step(); return l.item()
bench(f'torch-{mode} {cell} T{T} b{B} i{I} h{H} sgd train', step)
