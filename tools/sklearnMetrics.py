"""Writes src/testing/fixtures/sklearn-metrics/expected.json: seeded arrays and what scikit-learn computes on them.

Run from the root of the repository: python3 tools/sklearnMetrics.py
Probabilities are float32 values held as float64, as the page has them. null: scikit-learn raises or warns that the figure is not defined.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.exceptions import UndefinedMetricWarning

OUT = Path("src/testing/fixtures/sklearn-metrics/expected.json")
BINS = 10


def defined(compute):
    """What `compute` returns; None where it raises or warns that the figure is not defined."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            return compute()
        except (ValueError, UndefinedMetricWarning, UserWarning):
            return None


def numbers(values):
    """JSON has no infinity: the first threshold of a ROC curve is not compared."""
    return [float(value) for value in values]


def precision_recall(actual, scores):
    precision, recall, thresholds = metrics.precision_recall_curve(actual, scores)
    return {"precision": numbers(precision), "recall": numbers(recall), "thresholds": numbers(thresholds)}


def roc(actual, scores):
    fpr, tpr, thresholds = metrics.roc_curve(actual, scores, drop_intermediate=False)
    return {
        "falsePositiveRate": numbers(fpr),
        "truePositiveRate": numbers(tpr),
        "thresholds": numbers(thresholds[1:]),
    }


def calibration(actual, probabilities, strategy):
    observed, predicted = calibration_curve(actual, probabilities, n_bins=BINS, strategy=strategy)
    # Rows of each bin, by the edges that calibration_curve uses.
    if strategy == "uniform":
        edges = np.linspace(0, 1, BINS + 1)
    else:
        edges = np.percentile(probabilities, np.linspace(0, 1, BINS + 1) * 100)
    rows = np.bincount(np.searchsorted(edges[1:-1], probabilities), minlength=BINS)
    rows = rows[rows > 0]
    error = float(np.sum(rows / rows.sum() * np.abs(observed - predicted)))
    return {"observed": numbers(observed), "predicted": numbers(predicted), "rows": rows.tolist(), "error": error}


def one_label(actual, scores):
    return {
        "precisionRecall": defined(lambda: precision_recall(actual, scores)),
        "roc": defined(lambda: roc(actual, scores)),
        "rocAuc": defined(lambda: float(metrics.roc_auc_score(actual, scores))),
        "averagePrecision": defined(lambda: float(metrics.average_precision_score(actual, scores))),
        "brier": float(metrics.brier_score_loss(actual, scores)),
        "uniform": calibration(actual, scores, "uniform"),
        "quantile": calibration(actual, scores, "quantile"),
    }


def averages(actual, predicted):
    found = {}
    for name in ("micro", "macro", "weighted", "samples"):
        # Rung leaves labels that no row carries out of macro means.
        labels = np.flatnonzero(actual.sum(axis=0)) if name == "macro" else None
        if name == "macro" and len(labels) == 0:
            found[name] = {"precision": 0.0, "recall": 0.0, "f1": 0.0}
            continue
        precision, recall, f1, _ = metrics.precision_recall_fscore_support(
            actual, predicted, average=name, labels=labels, zero_division=0
        )
        found[name] = {"precision": float(precision), "recall": float(recall), "f1": float(f1)}
    return found


def label_sets(actual, predicted):
    def names(rows):
        return [",".join(map(str, np.flatnonzero(row))) for row in rows]

    own, given = names(actual), names(predicted)
    sets = sorted(set(own) | set(given))
    return {"sets": sets, "counts": metrics.confusion_matrix(own, given, labels=sets).tolist()}


def case(name, actual, probabilities, thresholds):
    probabilities = probabilities.astype(np.float32).astype(np.float64)
    predicted = (probabilities >= np.array(thresholds)).astype(int)
    return {
        "name": name,
        "labels": actual.shape[1],
        "actual": actual.ravel().tolist(),
        "probabilities": numbers(probabilities.ravel()),
        "thresholds": thresholds,
        "perLabel": [one_label(actual[:, c], probabilities[:, c]) for c in range(actual.shape[1])],
        "averages": averages(actual, predicted),
        "exactMatch": float(metrics.accuracy_score(actual, predicted)),
        "hammingLoss": float(metrics.hamming_loss(actual, predicted)),
        "labelRankingAveragePrecision": float(metrics.label_ranking_average_precision_score(actual, probabilities)),
        "confusion": metrics.multilabel_confusion_matrix(actual, predicted).reshape(-1, 4).tolist(),
        "labelSets": label_sets(actual, predicted),
    }


def drawn(seed, rows, shares, noise=0.25):
    random = np.random.default_rng(seed)
    actual = (random.random((rows, len(shares))) < np.array(shares)).astype(int)
    probabilities = np.clip(0.2 + 0.6 * actual + noise * random.standard_normal(actual.shape), 0, 1)
    return actual, probabilities


def main():
    cases = []
    actual, probabilities = drawn(1, 120, [0.5, 0.2, 0.1, 0.3])
    cases.append(case("plain", actual, probabilities, [0.5, 0.4, 0.6, 0.3]))
    # Scores on the edges of the bins, many of them equal, some at the threshold.
    cases.append(case("ties", actual, np.round(probabilities, 1), [0.5, 0.4, 0.6, 0.3]))
    cases.append(case("all scores equal", actual, np.full(actual.shape, 0.5), [0.5, 0.6, 0.5, 0.4]))

    actual, probabilities = drawn(2, 40, [0.4, 0.4, 0.4])
    actual[:, 0] = 0
    actual[:, 1] = 1
    cases.append(case("one label never, one always", actual, probabilities, [0.5, 0.5, 0.5]))
    probabilities[:, 2] = 0.1
    cases.append(case("one label never given", actual, probabilities, [0.5, 0.5, 0.5]))

    actual, probabilities = drawn(3, 60, [0.05, 0.05, 0.04])
    cases.append(case("many rows without labels", actual, probabilities, [0.5, 0.5, 0.5]))
    cases.append(case("no row with a label", np.zeros_like(actual), probabilities, [0.5, 0.5, 0.5]))
    cases.append(case("nothing carried, nothing given", np.zeros_like(actual), probabilities, [1.1, 1.1, 1.1]))
    cases.append(case("every row with every label", np.ones_like(actual), probabilities, [0.5, 0.5, 0.5]))

    actual, probabilities = drawn(4, 2, [0.5, 0.5])
    cases.append(case("two rows", np.array([[1, 0], [0, 1]]), probabilities, [0.5, 0.5]))
    cases.append(case("all right", np.array([[1, 0], [0, 1]]), np.array([[0.9, 0.1], [0.2, 0.8]]), [0.5, 0.5]))

    OUT.parent.mkdir(parents=True, exist_ok=True)
    made_by = f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}"
    OUT.write_text(json.dumps({"madeBy": made_by, "bins": BINS, "cases": cases}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
