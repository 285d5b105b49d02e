"""Checks that smsieve classify gives each message the label and the probability that transformers gives it.

Usage: python check_labels.py --vocabulary DIR BUNDLE ROWS

BUNDLE is a bundle or any sequence classification checkpoint of GPT-2's tokens. ROWS holds labelled messages: CSV with
the columns Label,Text as smsieve prepare writes it, or else label<TAB>text a line; some thousands at most. DIR holds
encoder.json and vocab.bpe as published with GPT-2. Runs the launcher of this checkout in fp32; prints how many labels
are equal and the largest difference of a probability, and exits 1 where a label differs or a probability by more than
1e-4.
"""

import argparse
import csv
import json
import subprocess
import sys
from pathlib import Path

import torch
from transformers import AutoModelForSequenceClassification

from make_token_ids import tiktoken_encoding

TOLERANCE = 1e-4
PADDING = 50256
LAUNCHER = Path(__file__).resolve().parents[4] / "smsieve"


def read_texts(path):
    with open(path, encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            return [row["Text"] for row in csv.DictReader(file)]
        return [line.rstrip("\r").partition("\t")[2] for line in file.read().split("\n") if line]


def run_smsieve(bundle, texts):
    """(label, probability) of each text, as the command prints them: of the label spam, else of the label given."""
    command = [LAUNCHER, "classify", "--model", bundle, "--precision", "fp32", "--", *texts]
    result = subprocess.run(command, stdout=subprocess.PIPE, encoding="utf-8")
    if result.returncode != 0:
        # Not as an exception: it would show the command, and with it the messages.
        sys.exit(f"{LAUNCHER.name} classify: exit code {result.returncode}")
    rows = [line.split("\t", 2) for line in result.stdout.split("\n")[:-1]]
    if len(rows) != len(texts):
        sys.exit(f"{len(rows)} lines of classify (expected: {len(texts)})")
    for row, text in zip(rows, texts):
        # Others are escaped.
        if text.isprintable() and row[2] != text:
            sys.exit(f"{row[2]} (expected: {text})")
    return [(label, float(probability)) for label, probability, _ in rows]


@torch.no_grad()
def probabilities(model, ids, manifest):
    """One message alone, so that without padding the library reads its last token."""
    ids = ids[:manifest.get("maxTokens", model.config.n_positions)] or [PADDING]
    if manifest.get("pooling") == "last-position":
        ids = torch.tensor([ids + [PADDING] * (manifest["maxTokens"] - len(ids))])
        logits = model.score(model.transformer(ids).last_hidden_state[0, -1])
    else:
        logits = model(torch.tensor([ids])).logits[0]
    values = torch.softmax(logits.double(), dim=0).tolist()
    return {model.config.id2label[i]: value for i, value in enumerate(values)}


def decide(scores, threshold):
    if threshold and scores[threshold["label"]] >= threshold["probability"]:
        return threshold["label"]
    others = {label: score for label, score in scores.items() if not threshold or label != threshold["label"]}
    return max(others, key=others.get)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vocabulary", metavar="DIR", type=Path, required=True)
    parser.add_argument("bundle", metavar="BUNDLE", type=Path)
    parser.add_argument("rows", metavar="ROWS", type=Path)
    arguments = parser.parse_args()

    manifest_file = arguments.bundle / "smsieve.json"
    manifest = json.loads(manifest_file.read_text(encoding="utf-8")) if manifest_file.exists() else {}
    model = AutoModelForSequenceClassification.from_pretrained(
        arguments.bundle, dtype=torch.float32, local_files_only=True).eval()
    encoding = tiktoken_encoding(arguments.vocabulary)
    texts = read_texts(arguments.rows)

    equal = 0
    largest = 0.0
    for text, (label, probability) in zip(texts, run_smsieve(arguments.bundle, texts)):
        scores = probabilities(model, encoding.encode_ordinary(text), manifest)
        equal += decide(scores, manifest.get("decisionThreshold")) == label
        largest = max(largest, abs(scores.get("spam", scores[label]) - probability))
    print(f"{equal} of {len(texts)} labels equal, largest difference of a probability {largest:.3g}")
    sys.exit(0 if equal == len(texts) and largest <= TOLERANCE else 1)


if __name__ == "__main__":
    main()
