"""Checks that Hugging Face transformers opens a bundle and computes the logits that its writer computed.

Usage: python check_bundle.py DIR EXPECTED

DIR is a bundle or any sequence classification checkpoint; EXPECTED is a JSON file with at least
{"sequences": [[id, …], …], "logits": [[logit, …], …]}, logits at the last token of each sequence.
Prints the largest absolute difference; exits 1 where it is above 1e-4 or is not a number.
"""

import argparse
import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForSequenceClassification

TOLERANCE = 1e-4


@torch.no_grad()
def largest_difference(directory, expected):
    model, loading = AutoModelForSequenceClassification.from_pretrained(
        directory, dtype=torch.float32, local_files_only=True, output_loading_info=True)
    problems = {kind: names for kind, names in loading.items() if names}
    if problems:
        sys.exit(f"{directory}: {problems} (expected: every weight of the model, and no other)")
    model.eval()
    logits = torch.cat([model(torch.tensor([ids])).logits for ids in expected["sequences"]])
    return (logits - torch.tensor(expected["logits"])).abs().max().item()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", metavar="DIR", type=Path)
    parser.add_argument("expected", metavar="EXPECTED", type=Path)
    arguments = parser.parse_args()
    difference = largest_difference(arguments.directory, json.loads(arguments.expected.read_text()))
    print(f"largest absolute difference: {difference:.3g}")
    sys.exit(0 if difference <= TOLERANCE else 1)


if __name__ == "__main__":
    main()
