"""What nets on random weights say of random inputs, by ONNX Runtime or PyTorch.
usage: infer.py onnxruntime|torch-eager|torch-compile resnet50|mobilenetv2|bert|gpt2 BATCH
"""
import os
import sys
import tempfile

import torch
from common import bench
from image_nets import images, mobilenetv2, resnet50
from text_nets import Bert, Gpt2, sequences, token_and_past

NETS = dict(resnet50=(resnet50, images), mobilenetv2=(mobilenetv2, images), bert=(Bert, sequences),
            gpt2=(Gpt2, token_and_past))
mode, name, batch = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.manual_seed(0)
net, data = NETS[name]
model, inputs = net().eval(), data(batch)
with torch.no_grad():
    if mode == "onnxruntime":
        import onnxruntime

        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "model.onnx")
            torch.onnx.export(model, inputs, path, dynamo=False, opset_version=17)
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = int(os.environ.get("OMP_NUM_THREADS", os.cpu_count()))
            session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
        feeds = {wanted.name: given.numpy() for wanted, given in zip(session.get_inputs(), inputs)}
        bench(f"onnxruntime {name}", lambda: session.run(None, feeds))
    else:
        forward = torch.compile(model) if mode == "torch-compile" else model
        bench(f"{mode} {name}", lambda: forward(*inputs))
