"""Fingerprints of the book's data set split, made with pandas, and permutations made with numpy.

Usage: python make_as_book_split.py --data SMSSpamCollection.tsv ../resources/org/smsieve/trainer/data
Needs numpy 2.4.6 and pandas 3.1.1.

Writes as-book-split.json, as-book-example.json and numpy-permutation.json. A row's text form is
f"{label}\\t{text}\\n" in UTF-8, label 0 (ham) or 1 (spam); a part's is that of its rows, one after the other. Of the
collection only counts and sha256 sums are written, no message; as-book-example.json holds a small made-up data set.
"""

import argparse
import hashlib
import io
import json
from pathlib import Path

import numpy
import pandas

SEED = 123


def sha256(rows):
    return hashlib.sha256("".join(f"{row.Label}\t{row.Text}\n" for row in rows).encode()).hexdigest()


def split(messages):
    """Undersamples ham to the number of spam, shuffles, cuts 70 / 10 / 20 per cent."""
    ham, spam = (messages[messages["Label"] == label] for label in ("ham", "spam"))
    balanced = pandas.concat([ham.sample(len(spam), random_state=SEED), spam])
    balanced["Label"] = balanced["Label"].map({"ham": 0, "spam": 1})
    shuffled = balanced.sample(frac=1, random_state=SEED)
    train = int(len(shuffled) * 0.7)
    validation = train + int(len(shuffled) * 0.1)
    return {"train": shuffled[:train], "validation": shuffled[train:validation], "test": shuffled[validation:]}


def describe(part):
    rows = list(part.itertuples())
    return {
        "rows": len(rows),
        "spam": int(part["Label"].sum()),
        "sha256": sha256(rows),
        "csv_sha256": hashlib.sha256(part.to_csv(index=None).encode()).hexdigest(),
        "first_rows_sha256": [sha256([row]) for row in rows[:3]],
    }


# What quotes do where they open a field, stand in one, are doubled, or hold tabs and line ends.
EXAMPLE = (
    'ham\tplain\n'
    'ham\tsaid "so" in the middle\n'
    'spam\t"opens, "" doubled, closes"\n'
    'ham\t"opens here\n'
    'ham\tand closes" there\n'
    '"spam"\ta label in quotes\n'
    '\n'
    'ham\t""""\n'
    'ham\t"tab\there"\r\n'
    'spam\tcomma, and end\n'
    'ham\t""empty first\n'
) + "".join(f"ham\tham {i}\n" for i in range(20)) + "".join(f"spam\tspam {i}\n" for i in range(9))


def example():
    """A made-up file and what pandas makes of it, row by row."""
    messages = pandas.read_csv(io.StringIO(EXAMPLE), sep="\t", header=None, names=["Label", "Text"])
    return {
        "tsv": EXAMPLE,
        "rows": messages.values.tolist(),
        "parts": {name: part.values.tolist() for name, part in split(messages).items()},
        "csv": split(messages)["train"].to_csv(index=None),
    }


def permutation(seed, n):
    ids = numpy.random.RandomState(seed).permutation(n).tolist()
    return {"seed": seed, "n": n, "first": ids[:20], "last": ids[-10:]}


def write_json(path, content):
    path.write_text(json.dumps(content, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("output", type=Path)
    arguments = parser.parse_args()

    messages = pandas.read_csv(arguments.data, sep="\t", header=None, names=["Label", "Text"])
    assert not messages.isna().any().any(), "a text that pandas reads as missing"
    labels = messages["Label"].value_counts()
    parts = {name: describe(part) for name, part in split(messages).items()}
    assert [part["rows"] for part in parts.values()] == [1045, 149, 300]
    write_json(arguments.output / "as-book-split.json", {
        "data_sha256": hashlib.sha256(arguments.data.read_bytes()).hexdigest(),
        "rows": len(messages), "ham": int(labels["ham"]), "spam": int(labels["spam"]),
        "parts": parts,
    })
    write_json(arguments.output / "as-book-example.json", example())
    write_json(arguments.output / "numpy-permutation.json", [
        permutation(seed, n) for seed in (123, 0, 1, 4294967295) for n in (7, 747, 1494, 4825)
    ])


if __name__ == "__main__":
    main()
