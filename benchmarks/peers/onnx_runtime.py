"""ONNX Runtime on the model's graph, in float32 or int8, each batch padded to its longest message."""

import argparse
import os
import tempfile
import warnings

import numpy
import onnxruntime
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch.nn import functional
from transformers import AutoModelForSequenceClassification

import gpt2_tokenizer
import kafka_loop


class Graph(torch.nn.Module):
    """Hugging Face's GPT2ForSequenceClassification without what PyTorch's exporter to ONNX does not take: its masks.

    With padding on the right, attention to earlier tokens alone sees none of it.
    """

    def __init__(self, model):
        super().__init__()
        self.model = model.transformer
        self.score = model.score
        self.heads = model.config.n_head

    def forward(self, ids, last):
        """ids: (batch, tokens); last: (batch), where each message ends. Gives logits, (batch, labels)."""
        x = self.model.wte(ids) + self.model.wpe(torch.arange(ids.shape[1]))
        for block in self.model.h:
            query, key, value = (
                part.view(*ids.shape, self.heads, -1).transpose(1, 2)
                for part in linear(block.attn.c_attn, block.ln_1(x)).split(x.shape[2], dim=2)
            )
            attended = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
            x = x + linear(block.attn.c_proj, attended.transpose(1, 2).reshape(*ids.shape, -1))
            x = x + linear(block.mlp.c_proj, block.mlp.act(linear(block.mlp.c_fc, block.ln_2(x))))
        pooled = x[torch.arange(ids.shape[0]), last]
        return self.score(self.model.ln_f(pooled))


def linear(layer, x):
    return x @ layer.weight + layer.bias


def session(model, int8, directory):
    path = os.path.join(directory, "model.onnx")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            Graph(model).eval(),
            (torch.zeros((2, 7), dtype=torch.long), torch.tensor([6, 3])),
            path,
            input_names=["ids", "last"],
            output_names=["logits"],
            dynamic_axes={"ids": {0: "batch", 1: "tokens"}, "last": {0: "batch"}, "logits": {0: "batch"}},
            opset_version=17,
        )
    if int8:
        # Weights in 7 bits: in 8, sums of two products overflow on processors with AVX2 and no VNNI.
        quantized = os.path.join(directory, "int8.onnx")
        quantize_dynamic(path, quantized, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
        path = quantized
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = os.cpu_count()
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=64, help="messages at a time; default 64")
    parser.add_argument("--int8", action="store_true", help="weights and activations in 8 bits, scales as they come")
    arguments = parser.parse_args()
    model = AutoModelForSequenceClassification.from_pretrained(kafka_loop.setting("MODEL"), dtype=torch.float32)
    config = model.config
    tokenizer = gpt2_tokenizer.load(kafka_loop.setting("VOCABULARY"), config.n_positions)
    with tempfile.TemporaryDirectory() as directory:
        runtime = session(model, arguments.int8, directory)
    del model

    def classify(texts):
        batch = tokenizer(texts, padding=True, truncation=True, return_tensors="np")
        last = numpy.maximum(batch["attention_mask"].sum(axis=1) - 1, 0)
        [logits] = runtime.run(None, {"ids": batch["input_ids"], "last": last})
        exponentials = numpy.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
        return [{config.id2label[label]: float(value) for label, value in enumerate(row)} for row in probabilities]

    kafka_loop.run(classify, arguments.batch)


if __name__ == "__main__":
    main()
