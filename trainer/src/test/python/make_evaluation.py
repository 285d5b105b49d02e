"""Figures of made-up predictions, and a small baseline classifier, as scikit-learn computes them.

Usage: python make_evaluation.py ../resources/org/smsieve/trainer
Needs requirements-evaluation.txt.

Writes evaluate/figures.json: cases of labels, rows ([label index, probabilities]) and the figures that they must give,
null where a figure is undefined; and baseline/ngrams.json: texts with their n-gram weights and probabilities.
"""

import argparse
import json
import warnings
from pathlib import Path

import numpy
from scipy.stats import binomtest
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline, make_union

BINS = 20
THRESHOLDS = [0.5, 0.9, 0.99, 0.999]
LEAST_THRESHOLD = 0.5
SHARES = [0, 0.001, 0.01, 0.05, 0.1, 0.5, 1]


def softmax(logits):
    powers = numpy.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def cases(random):
    """Name to (labels, own label of each message, probabilities, decision threshold of the positive label)."""
    ham_spam = ["ham", "spam"]

    def noisy(own, labels, strength):
        return softmax(random.normal(size=(len(own), labels)) * 2 + strength * numpy.eye(labels)[own])

    own = random.choice(2, size=300, p=[0.85, 0.15])
    yield "two labels", ham_spam, own, noisy(own, 2, 4), None
    yield "two labels, threshold", ham_spam, own, noisy(own, 2, 4), 0.9
    few = (numpy.round(noisy(own, 2, 3)[:, 1] * 7) + 0.5) / 8
    yield "ties", ham_spam, own, numpy.stack([1 - few, few], axis=1), None
    own = random.choice(3, size=200, p=[0.6, 0.3, 0.1])
    yield "three labels", ["ham", "spam", "promo"], own, noisy(own, 3, 2), None
    yield "three labels, threshold", ["ham", "spam", "promo"], own, noisy(own, 3, 2), 0.8
    yield "no spam by name", ["a", "b", "c", "d"], own, noisy(own, 4, 1), None
    own = numpy.zeros(40, dtype=int)
    yield "one label alone", ham_spam, own, noisy(own, 2, 2), None
    yield "perfect", ham_spam, numpy.array([0, 0, 1]), numpy.array([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]]), None


def decide(probabilities, positive, threshold):
    likeliest = probabilities.argmax(axis=1)
    if threshold is None:
        return likeliest
    others = probabilities.copy()
    others[:, positive] = -1
    return numpy.where(probabilities[:, positive] >= threshold, positive, others.argmax(axis=1))


def ratio(part, whole):
    return None if whole == 0 else float(part / whole)


def area(is_positive, scores):
    return None if is_positive.all() or not is_positive.any() else float(metrics.roc_auc_score(is_positive, scores))


def calibration_error(own, probabilities):
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == own
    accuracies, confidences = calibration_curve(right, confidence, n_bins=BINS, strategy="uniform")
    edges = numpy.linspace(0, 1, BINS + 1)
    counts = numpy.bincount(numpy.searchsorted(edges[1:-1], confidence), minlength=BINS)
    return float(numpy.average(numpy.abs(accuracies - confidences), weights=counts[counts > 0]))


def figures(labels, own, probabilities, threshold):
    indices = range(len(labels))
    positive = labels.index("spam") if "spam" in labels else len(labels) - 1
    given = decide(probabilities, positive, threshold)
    confusion = metrics.confusion_matrix(own, given, labels=list(indices))
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        own, given, labels=list(indices), zero_division=numpy.nan)
    right = int((own == given).sum())
    interval = binomtest(right, len(own)).proportion_ci(0.95, method="wilson")
    areas = [area(own == index, probabilities[:, index]) for index in indices]
    defined = len(set(own)) > 1 and len(set(given)) > 1
    is_positive = own == positive
    result = {
        "accuracy": right / len(own),
        "accuracyInterval95": [interval.low, interval.high],
        "likeliestLabelAccuracy": float((probabilities.argmax(axis=1) == own).mean()),
        "loss": float(metrics.log_loss(own, probabilities, labels=list(indices))),
        "brier": float(metrics.brier_score_loss(own, probabilities, labels=list(indices), scale_by_half=False)),
        "matthews": float(metrics.matthews_corrcoef(own, given)) if defined else None,
        "calibrationError": calibration_error(own, probabilities),
        "precision": [None if numpy.isnan(value) else float(value) for value in precision],
        "recall": [None if numpy.isnan(value) else float(value) for value in recall],
        "f1": [None if numpy.isnan(value) else float(value) for value in f1],
        "rocAreas": areas,
        "rocAreaMacro": None if None in areas else float(numpy.mean(areas)),
        "confusion": confusion.tolist(),
        "thresholds": [],
        "maxFalsePositiveRates": [],
    }
    for probability in THRESHOLDS:
        said = probabilities[:, positive] >= probability
        result["thresholds"].append({
            "probability": probability,
            "falsePositiveRate": ratio((said & ~is_positive).sum(), (~is_positive).sum()),
            "recall": ratio((said & is_positive).sum(), is_positive.sum()),
        })
    if is_positive.any() and not is_positive.all():
        rates, recalls, thresholds = metrics.roc_curve(
            is_positive, probabilities[:, positive], drop_intermediate=False)
        for share in SHARES:
            last = numpy.nonzero((rates <= share) & (thresholds >= LEAST_THRESHOLD))[0][-1]
            result["maxFalsePositiveRates"].append(
                {"share": share, "falsePositiveRate": float(rates[last]), "recall": float(recalls[last])})
    return result


HAM = ["see you at noon", "Are you home yet?", "thanks love, call me later", "running late, sorry :-(",
       "ok ok ok", "I'll be there at 5", "can you pick up the kids", "dinner tonight? x"]
SPAM = ["WIN a prize now", "Claim your £900 cash: call 09000000001", "FREE ringtone, reply YES",
        "URGENT! You have won", "free free entry\tto win"]
PROMO = ["20% off shoes this week", "our shop is open on Sunday", "new menu: pizza for 5"]
ASKED = ["call me when you are home", "you have WON a free prize", "pizza for 2 this week", "¿?", ""]


def vectorizer():
    # Sublinear term frequency, smooth idf, each of the two halves of unit length.
    return make_union(
        TfidfVectorizer(analyzer="word", ngram_range=(1, 2), token_pattern=r"(?u)\w+", sublinear_tf=True),
        TfidfVectorizer(analyzer="char", ngram_range=(2, 5), sublinear_tf=True))


def ngrams():
    texts = HAM + SPAM
    own = [0] * len(HAM) + [1] * len(SPAM)
    regression = LogisticRegression(solver="liblinear", C=10, tol=1e-10, max_iter=10000)
    features = vectorizer()
    fitted = features.fit_transform(texts)
    weights = numpy.where(numpy.array(own) == 1, 4.0, 1.0)
    weights *= len(own) / weights.sum()
    two = make_pipeline(features, regression)
    regression.fit(fitted, own, sample_weight=weights)
    three = make_pipeline(vectorizer(), OneVsRestClassifier(
        LogisticRegression(solver="liblinear", C=10, tol=1e-10, max_iter=10000)))
    three.fit(texts + PROMO, own + [2] * len(PROMO))
    return {
        "training": [["ham", text] for text in HAM] + [["spam", text] for text in SPAM],
        "promo": [["promo", text] for text in PROMO],
        "asked": ASKED,
        "vocabulary": fitted.shape[1],
        "weights": [sorted(row) for row in (
            features.transform([text]).data.tolist() for text in ASKED)],
        "spamWeight": 4,
        "probabilities": two.predict_proba(ASKED).tolist(),
        "probabilitiesOfThree": three.predict_proba(ASKED).tolist(),
    }


def write(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", metavar="DIR", type=Path)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    made = []
    for name, labels, own, probabilities, threshold in cases(numpy.random.default_rng(7)):
        made.append({
            "name": name,
            "labels": labels,
            "threshold": threshold,
            "rows": [[int(label), row.tolist()] for label, row in zip(own, probabilities)],
            "figures": figures(labels, own, probabilities, threshold),
        })
    write(arguments.output / "evaluate" / "figures.json", made)
    write(arguments.output / "baseline" / "ngrams.json", ngrams())


if __name__ == "__main__":
    main()
