"""Makes small GPT-2 checkpoints with random weights, and what Hugging Face transformers computes from them.

Usage: python make_checkpoints.py OUTPUT

OUTPUT receives one folder per checkpoint, each with an expected.json, and `training/`; README.md gives the formats.
The reference for every logit is one sequence at a time, without padding, in fp32 with eager attention.
"""

import argparse
import copy
import json
from pathlib import Path

import numpy
import torch
from safetensors.torch import save_file
from torch.nn.functional import cross_entropy
from transformers import (
    AutoModelForCausalLM,
    AutoModelForSequenceClassification,
    GPT2Config,
    GPT2ForSequenceClassification,
    GPT2LMHeadModel,
)

VOCABULARY = 160
CONTEXT = 64
PAD = VOCABULARY - 1
LABELS = ["ham", "spam", "promo"]
LENGTHS = [1, 2, 5, 13, 24, 37, 50, 63, CONTEXT]
HIDDEN_STATES_OF = 3
OPTIMIZER = {"lr": 5e-4, "weight_decay": 0.1, "betas": [0.9, 0.999], "eps": 1e-8}
STEPS = 20
TOLERANCE = 1e-4


def config(**more):
    return GPT2Config(
        vocab_size=VOCABULARY, n_positions=CONTEXT, n_embd=32, n_layer=2, n_head=4,
        bos_token_id=PAD, eos_token_id=PAD, pad_token_id=PAD, attn_implementation="eager", **more)


def randomise(model, seed):
    """Weights far from the usual initialisation, so that every tensor, biases and norms too, moves the logits."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(0.2 * torch.randn(parameter.shape, generator=generator))
            if ".ln_" in name and name.endswith(".weight"):
                parameter.add_(1)
    return model.eval()


def random_sequences(lengths, seed):
    """Token ids without the padding id."""
    random = numpy.random.RandomState(seed)
    return [random.randint(0, PAD, size=length).tolist() for length in lengths]


def batch_of_sequences():
    sequences = random_sequences(LENGTHS, seed=7)
    sequences[4][10] = PAD  # the padding id is an ordinary token where a real one follows it
    return sequences


def head(model):
    return model.score if hasattr(model, "score") else model.lm_head


def last_logits(model, sequence):
    """Logits (classes) at the last token of one sequence."""
    return head(model)(model.transformer(torch.tensor([sequence])).last_hidden_state[0, -1])


def logits_one_by_one(model, sequences):
    """(sequences, classes)"""
    return torch.stack([last_logits(model, sequence) for sequence in sequences])


def right_padded(sequences):
    """Ids (sequences, longest) and the attention mask of the same shape."""
    longest = max(map(len, sequences))
    ids = torch.tensor([s + [PAD] * (longest - len(s)) for s in sequences])
    mask = torch.tensor([[1] * len(s) + [0] * (longest - len(s)) for s in sequences])
    return ids, mask


def greedy(model, prompt, count):
    ids = list(prompt)
    for _ in range(count):
        best = last_logits(model, ids).topk(2)
        assert best.values[0] - best.values[1] > 0.01, "a near tie: rounding could change the continuation"
        ids.append(best.indices[0].item())
    return ids[len(prompt):]


def decimals(tensor):
    """Nested lists of numbers with the 9 digits that identify an fp32."""
    if tensor.dim():
        return [decimals(part) for part in tensor]
    return float(f"{tensor.item():.9g}")


def write_json(path, content):
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")


def assert_close(actual, expected, what):
    difference = (actual - expected).abs().max().item()
    assert difference < TOLERANCE, f"{what}: {difference}"
    print(f"{what}: largest difference {difference:.1e}")


def expected_of(model, folder):
    """What all checkpoints have in expected.json, and the logits; checked against fp64."""
    sequences = batch_of_sequences()
    logits = logits_one_by_one(model, sequences)
    assert_close(logits_one_by_one(copy.deepcopy(model).double(), sequences), logits, f"{folder.name} in fp64")
    hidden = model.transformer(torch.tensor([sequences[HIDDEN_STATES_OF]]), output_hidden_states=True).hidden_states
    expected = {
        "pad_token_id": PAD,
        "sequences": sequences,
        "logits": decimals(logits),
        "hidden_after_block_0": {"sequence": HIDDEN_STATES_OF, "values": decimals(hidden[1][0])},
    }
    return expected, logits


@torch.no_grad()
def write_classifier(folder, model, dtype):
    """Stores the model as dtype; what is expected is computed in fp32 from the weights rounded to it."""
    model = copy.deepcopy(model).to(dtype)
    model.save_pretrained(folder, safe_serialization=True)
    model = model.float()
    expected, logits = expected_of(model, folder)
    ids, mask = right_padded(expected["sequences"])
    at_last_position = model.score(model.transformer(ids).last_hidden_state[:, -1])
    write_json(folder / "expected.json", {**expected, "last_position_logits": decimals(at_last_position)})

    reloaded = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32)
    assert_close(reloaded(ids, attention_mask=mask).logits, logits, f"{folder.name} reloaded, padded batch")


@torch.no_grad()
def write_language_model(folder, unprefixed, model):
    """The same weights twice: as save_pretrained writes them, and in the layout of the original `gpt2` upload."""
    model.save_pretrained(folder, safe_serialization=True)
    weights = {name: tensor.clone() for name, tensor in model.transformer.state_dict().items()}
    for layer in range(model.config.n_layer):
        weights[f"h.{layer}.attn.bias"] = torch.ones(CONTEXT, CONTEXT).tril().view(1, 1, CONTEXT, CONTEXT)
    unprefixed.mkdir(parents=True, exist_ok=True)
    save_file(weights, unprefixed / "model.safetensors", metadata={"format": "pt"})
    (unprefixed / "config.json").write_text((folder / "config.json").read_text())

    expected, logits = expected_of(model, folder)
    prompt = expected["sequences"][2]
    expected["greedy"] = {"prompt": prompt, "continuation": greedy(model, prompt, 10)}
    ids, mask = right_padded(expected["sequences"])
    last = mask.sum(1) - 1
    for path in (folder, unprefixed):
        write_json(path / "expected.json", expected)
        reloaded = AutoModelForCausalLM.from_pretrained(path)
        padded = reloaded(ids, attention_mask=mask).logits[torch.arange(len(ids)), last]
        assert_close(padded, logits, f"{path.name} reloaded, padded batch")
        prompt_ids = torch.tensor([prompt])
        generated = reloaded.generate(
            prompt_ids, attention_mask=torch.ones_like(prompt_ids), max_new_tokens=10, do_sample=False)
        assert generated[0, len(prompt):].tolist() == expected["greedy"]["continuation"]


def train(model, trainable, batches):
    """Trains a copy, dropout off; the loss of each step is taken before its update."""
    model = copy.deepcopy(model).eval()
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(name.startswith(trainable))
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], **OPTIMIZER)
    losses = []
    for batch in batches:
        loss = cross_entropy(logits_one_by_one(model, batch["sequences"]), torch.tensor(batch["labels"]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses), model


def without_key_bias(name, tensor):
    """The keys' bias has a gradient of zero but for rounding (softmax ignores a shift), which AdamW blows up."""
    if not name.endswith("attn.c_attn.bias"):
        return tensor
    query, _, value = tensor.chunk(3)
    return torch.cat([query, value])


def write_training(folder, model):
    folder.mkdir(parents=True, exist_ok=True)
    random = numpy.random.RandomState(11)
    few = [
        {"sequences": random_sequences(random.randint(3, 33, size=4), seed=100 + i),
         "labels": random.randint(0, len(LABELS), size=4).tolist()}
        for i in range(5)
    ]
    batches = [few[step % len(few)] for step in range(STEPS)]
    runs = {}
    last = f"transformer.h.{model.config.n_layer - 1}."
    for name, trainable in {"last-block": (last, "transformer.ln_f.", "score."), "all": ("",)}.items():
        losses, trained = train(model, trainable, batches)
        weights = trained.state_dict()
        save_file(weights, folder / f"{name}.safetensors", metadata={"format": "pt"})
        runs[name] = {
            "trainable": [n for n, p in trained.named_parameters() if p.requires_grad],
            "losses": decimals(losses),
            "weights": f"{name}.safetensors",
        }
        exact_losses, exact = train(copy.deepcopy(model).double(), trainable, batches)
        assert_close(losses, exact_losses, f"training {name}, losses against fp64")
        exact_weights = exact.state_dict()
        differences = {
            n: (without_key_bias(n, w) - without_key_bias(n, exact_weights[n])).abs().max().item()
            for n, w in weights.items()
        }
        worst = max(differences, key=differences.get)
        print(f"training {name}, weights against fp64: largest difference {differences[worst]:.1e} in {worst}")
    write_json(folder / "expected.json", {
        "checkpoint": "sequence-classification",
        "optimizer": {"name": "AdamW", **OPTIMIZER},
        "batches": batches,
        "runs": runs,
    })


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", type=Path)
    output = parser.parse_args().output
    torch.set_num_threads(1)

    classifier = randomise(GPT2ForSequenceClassification(config(
        id2label=dict(enumerate(LABELS)), label2id={label: i for i, label in enumerate(LABELS)},
        problem_type="single_label_classification")), seed=123)
    write_classifier(output / "sequence-classification", classifier, torch.float32)
    write_classifier(output / "sequence-classification-half", classifier, torch.float16)
    write_classifier(output / "sequence-classification-bfloat16", classifier, torch.bfloat16)
    write_language_model(
        output / "language-model", output / "language-model-unprefixed",
        randomise(GPT2LMHeadModel(config()), seed=321))
    write_training(output / "training", classifier)


if __name__ == "__main__":
    main()
