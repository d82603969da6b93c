#!/usr/bin/env python3
"""Writes src/testing/fixtures/sklearn/*.json, what the classical models are compared with: python3 tools/makeSklearnFixtures.py

Needs scikit-learn 1.2 or later (Debian: python3-sklearn). Arrays are rounded before fitting, so that both sides read the same numbers.
"""
import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.calibration import _SigmoidCalibration
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import chi2
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC

FOLDER = Path(__file__).parent.parent / "src/testing/fixtures/sklearn"

FIT_TITLES = [
    "Senior Vice President, Sales",
    "senior sales manager",
    "Sales  Manager / Sales Lead",
    "IT Director",
    "Director of IT & Operations",
    "R&D Engineer II",
    "Ingénieur d'études",
    "VP",
    "Co-Founder/CEO",
    "Team_Lead 24x7 Support",
]
NEW_TITLES = ["Vice President of IT", "Sales sales SALES engineer", "Zzz q", "", "Ingénieur 𝒜 𝒜b"]


def write(name, value):
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(json.dumps(value, separators=(",", ":"), ensure_ascii=False) + "\n")


def rows_of(matrix):
    """Every row as two lists: columns and values."""
    return [{"columns": matrix[i].indices.tolist(), "values": matrix[i].data.tolist()} for i in range(matrix.shape[0])]


def tfidf():
    cases = []
    for analyzer, shortest, longest in [("word", 1, 2), ("char_wb", 2, 5)]:
        vectoriser = TfidfVectorizer(analyzer=analyzer, ngram_range=(shortest, longest), sublinear_tf=True)
        fitted = vectoriser.fit_transform(FIT_TITLES)
        fitted.sort_indices()
        new = vectoriser.transform(NEW_TITLES)
        new.sort_indices()
        cases.append({
            "analyzer": analyzer,
            "shortest": shortest,
            "longest": longest,
            "terms": vectoriser.get_feature_names_out().tolist(),
            # Four rows of the long matrix of characters keep the file small.
            "fitted": rows_of(fitted[:4] if analyzer == "char_wb" else fitted),
            "new": rows_of(new),
        })
    write("tfidf", {"version": sklearn.__version__, "fitTitles": FIT_TITLES, "newTitles": NEW_TITLES, "cases": cases})


def linear():
    """The fitted classifiers on a sparse matrix of 60 rows, and on one of a single column; a third of the rows is positive."""
    random = np.random.default_rng(7)
    cases = []
    for rows, columns in [(60, 9), (25, 1)]:
        features = (random.random((rows, columns)) * (random.random((rows, columns)) < 0.5)).round(3)
        new = (random.random((15, columns)) * (random.random((15, columns)) < 0.6)).round(3)
        target = (features[:, 0] + 0.4 * random.random(rows) > 0.6).astype(int)
        logistic = [
            {"C": c, "balanced": b, "weights": m.coef_[0].tolist(), "intercept": m.intercept_[0],
             "probabilities": m.predict_proba(new)[:, 1].tolist()}
            for c in (0.1, 1, 30) for b in (False, True)
            for m in [LogisticRegression(C=c, class_weight="balanced" if b else None, tol=1e-12, max_iter=100000).fit(features, target)]
        ]
        svm = [
            {"C": c, "balanced": b, "weights": m.coef_[0].tolist(), "intercept": m.intercept_[0]}
            for c in (0.1, 1, 10) for b in (False, True)
            for m in [LinearSVC(C=c, class_weight="balanced" if b else None, tol=1e-9, max_iter=100000).fit(features, target)]
        ]
        bayes = [
            {"variant": v, "alpha": a, "probabilities": kind(alpha=a).fit(features, target).predict_proba(new)[:, 1].tolist()}
            for v, kind in (("multinomial", MultinomialNB), ("complement", ComplementNB)) for a in (0.01, 1)
        ]
        # On one column every cosine is 1, and which neighbours are the nearest is open.
        neighbours = [
            {"neighbours": k, "weighting": w,
             "probabilities": KNeighborsClassifier(n_neighbors=k, weights=w, metric="cosine").fit(features[keep], target[keep])
             .predict_proba(new[new.any(axis=1)])[:, 1].tolist()}
            for keep in [features.any(axis=1)] for k in (1, 5, 8) for w in ("uniform", "distance")
        ] if columns > 1 else []
        statistic, _ = chi2(features, target)
        cases.append({"columns": columns, "features": features.ravel().tolist(), "target": target.tolist(), "new": new.ravel().tolist(),
                      "logistic": logistic, "svm": svm, "bayes": bayes, "neighbours": neighbours, "chi2": statistic.tolist()})
    scores = (random.normal(size=80) * 2).round(3)
    carried = (scores + random.normal(size=80) * 2 > 1).astype(int)
    sigmoid = _SigmoidCalibration().fit(scores, carried)
    write("linear", {"version": sklearn.__version__, "cases": cases,
                     "sigmoid": {"scores": scores.tolist(), "target": carried.tolist(), "a": sigmoid.a_, "b": sigmoid.b_}})


def trees():
    """A made problem that no linear model solves: two pairs of features that must agree, a tenth of the labels turned."""
    random = np.random.default_rng(11)
    columns = 12
    features = random.integers(0, 10, (900, columns)) * (random.random((900, columns)) < 0.7)
    clean = ((features[:, 0] > 3) == (features[:, 1] > 3)) & ((features[:, 2] > 2) | (features[:, 3] > 6))
    target = np.where(random.random(900) < 0.1, ~clean, clean).astype(int)
    fit, test = slice(0, 450), slice(450, None)
    models = {
        "forest": RandomForestClassifier(200, min_samples_leaf=2, random_state=1),
        "boosting": HistGradientBoostingClassifier(max_iter=100, learning_rate=0.1, max_leaf_nodes=8, min_samples_leaf=5, l2_regularization=1,
                                                   early_stopping=False),
        "logistic": LogisticRegression(max_iter=1000),
    }
    accuracy = {name: float(m.fit(features[fit], target[fit]).score(features[test], target[test])) for name, m in models.items()}
    write("trees", {"version": sklearn.__version__, "columns": columns, "fitRows": 450, "features": features.ravel().tolist(),
                    "target": target.tolist(), "accuracy": accuracy})


tfidf()
linear()
trees()
