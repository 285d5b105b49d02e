"""The way of chapter 6 of "Build a Large Language Model (From Scratch)": a GPT-2 written out in PyTorch, float32, every
message padded to 120 tokens and read at the last position, one message or eight at a time.
"""

import argparse
import os
import pathlib

import torch
from safetensors.torch import load_file
from torch import nn
from transformers import GPT2Config

import gpt2_tokenizer
import kafka_loop

LENGTH = 120


class LayerNorm(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x):
        mean = x.mean(dim=-1, keepdim=True)
        variance = x.var(dim=-1, keepdim=True, unbiased=False)
        return self.weight * (x - mean) / torch.sqrt(variance + 1e-5) + self.bias


class Gelu(nn.Module):
    def forward(self, x):
        return 0.5 * x * (1 + torch.tanh(torch.sqrt(torch.tensor(2.0 / torch.pi)) * (x + 0.044715 * torch.pow(x, 3))))


class Attention(nn.Module):
    """Query, key and value from a layer each; the whole square of scores, the upper half masked."""

    def __init__(self, config):
        super().__init__()
        self.heads = config.n_head
        self.query = nn.Linear(config.n_embd, config.n_embd)
        self.key = nn.Linear(config.n_embd, config.n_embd)
        self.value = nn.Linear(config.n_embd, config.n_embd)
        self.projection = nn.Linear(config.n_embd, config.n_embd)
        mask = torch.triu(torch.ones(config.n_positions, config.n_positions), diagonal=1)
        self.register_buffer("mask", mask)

    def forward(self, x):
        batch, tokens, width = x.shape
        query, key, value = (
            layer(x).view(batch, tokens, self.heads, width // self.heads).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        )
        scores = query @ key.transpose(2, 3)
        scores.masked_fill_(self.mask.bool()[:tokens, :tokens], -torch.inf)
        weights = torch.softmax(scores / (width // self.heads) ** 0.5, dim=-1)
        return self.projection((weights @ value).transpose(1, 2).contiguous().view(batch, tokens, width))


class Block(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.norm_1 = LayerNorm(config.n_embd)
        self.attention = Attention(config)
        self.norm_2 = LayerNorm(config.n_embd)
        inner = config.n_inner or 4 * config.n_embd
        self.mlp = nn.Sequential(nn.Linear(config.n_embd, inner), Gelu(), nn.Linear(inner, config.n_embd))

    def forward(self, x):
        x = x + self.attention(self.norm_1(x))
        return x + self.mlp(self.norm_2(x))


class Gpt(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.tokens = nn.Embedding(config.vocab_size, config.n_embd)
        self.positions = nn.Embedding(config.n_positions, config.n_embd)
        self.blocks = nn.Sequential(*(Block(config) for _ in range(config.n_layer)))
        self.norm = LayerNorm(config.n_embd)
        self.head = nn.Linear(config.n_embd, config.num_labels, bias=False)

    def forward(self, ids):
        x = self.tokens(ids) + self.positions(torch.arange(ids.shape[1], device=ids.device))
        return self.head(self.norm(self.blocks(x)))

    def take(self, weights):
        """Hugging Face's weights of a GPT2ForSequenceClassification; those of its linear layers are transposed."""
        taken = {
            "tokens.weight": weights["transformer.wte.weight"],
            "positions.weight": weights["transformer.wpe.weight"],
            "norm.weight": weights["transformer.ln_f.weight"],
            "norm.bias": weights["transformer.ln_f.bias"],
            "head.weight": weights["score.weight"],
        }
        for i in range(len(self.blocks)):
            for kind in ("weight", "bias"):
                def linear(name):
                    return weights[f"transformer.h.{i}.{name}.{kind}"].t()

                parts = linear("attn.c_attn").chunk(3, dim=0)
                for part, value in zip(("query", "key", "value"), parts, strict=True):
                    taken[f"blocks.{i}.attention.{part}.{kind}"] = value
                taken[f"blocks.{i}.attention.projection.{kind}"] = linear("attn.c_proj")
                taken[f"blocks.{i}.mlp.0.{kind}"] = linear("mlp.c_fc")
                taken[f"blocks.{i}.mlp.2.{kind}"] = linear("mlp.c_proj")
                for number in (1, 2):
                    taken[f"blocks.{i}.norm_{number}.{kind}"] = weights[f"transformer.h.{i}.ln_{number}.{kind}"]
            taken[f"blocks.{i}.attention.mask"] = self.blocks[i].attention.mask
        self.load_state_dict(taken)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batch", type=int, default=8, help="messages at a time; default 8")
    arguments = parser.parse_args()
    torch.set_num_threads(os.cpu_count())
    directory = pathlib.Path(kafka_loop.setting("MODEL"))
    config = GPT2Config.from_pretrained(directory)
    tokenizer = gpt2_tokenizer.load(kafka_loop.setting("VOCABULARY"), config.n_positions)
    model = Gpt(config)
    model.take(load_file(directory / "model.safetensors"))
    model.eval()

    def classify(texts):
        rows = []
        for text in texts:
            ids = tokenizer.encode(text)[:LENGTH]
            rows.append(ids + [config.eos_token_id] * (LENGTH - len(ids)))
        with torch.no_grad():
            logits = model(torch.tensor(rows))[:, -1, :]
        return [
            {config.id2label[label]: float(value) for label, value in enumerate(row)}
            for row in torch.softmax(logits, dim=-1)
        ]

    kafka_loop.run(classify, arguments.batch)


if __name__ == "__main__":
    main()
