"""Makes the data of this folder and prints the reference values that the tests hold the program to.

    pip install -r requirements.txt
    python make.py data        # writes interactions.csv.gz and campaign.csv.gz, the same bytes every time
    python make.py reference   # what implicit, scikit-learn and scikit-uplift reach on them
"""

import gzip
import json
import os
import sys
import zlib
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np

HERE = Path(__file__).resolve().parent


def held_out(text):
    """The rule of the whole program: a fifth, told by the checksum of a name."""
    return zlib.crc32(text.encode()) % 5 == 0


def write(name, header, rows):
    text = header + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows)
    # Without a time in the header the same rows give the same bytes.
    (HERE / name).write_bytes(gzip.compress(text.encode(), 9, mtime=0))


def interactions():
    """3,000 users of 1,200 items in 80 themes of 15. A user has one to three themes and takes three quarters of their
    items from them, the popular ones more often; the rest come from anywhere. Weights are 1, 3 or 5."""
    random = np.random.default_rng(20)
    popularity = 1 / np.arange(1, 16) ** 0.7
    anywhere = random.permutation(1200)
    tail = 1 / np.arange(1, 1201) ** 0.8
    rows = []
    for user in range(3000):
        themes = random.choice(80, random.integers(1, 4), replace=False)
        items = {}
        for _ in range(5 + random.geometric(0.3)):
            if random.random() < 0.75:
                item = int(random.choice(themes)) * 15 + int(random.choice(15, p=popularity / popularity.sum()))
            else:
                item = int(anywhere[random.choice(1200, p=tail / tail.sum())])
            items[item] = items.get(item, 0) + int(random.choice([1, 3, 5], p=[0.9, 0.07, 0.03]))
        rows += [(user, item, items[item]) for item in sorted(items)]
    write("interactions.csv.gz", "user,item,weight", rows)


def effects(recency, newbie, books, toys):
    """The planted effects of the two letters on the probability of a visit; `planted` in the tests says the same."""
    return 0.22 * books * (recency <= 6) + 0.01, 0.02 + 0.16 * toys * (1 - newbie) - 0.05 * newbie


def campaign():
    """9,000 customers in three arms: a letter about books, one about toys, none. Visitors may buy, buyers spend."""
    random = np.random.default_rng(8)
    n = 9000
    recency, newbie = random.integers(1, 13, n), random.integers(0, 2, n)
    books, toys = (random.random(n) < 0.5).astype(int), (random.random(n) < 0.45).astype(int)
    history = np.round(random.gamma(1.5, 120, n)).astype(int)
    region = random.choice(["rural", "suburban", "urban"], n, p=[0.15, 0.45, 0.4])
    channel = random.choice(["phone", "web", "both"], n, p=[0.44, 0.44, 0.12])
    arm = random.choice(["Books letter", "Toys letter", "No letter"], n)
    base = 0.10 + 0.08 * (recency <= 4) - 0.03 * newbie + 0.04 * (channel == "both")
    books_effect, toys_effect = effects(recency, newbie, books, toys)
    effect = np.select([arm == "Books letter", arm == "Toys letter"], [books_effect, toys_effect], 0.0)
    visit = (random.random(n) < base + effect).astype(int)
    bought = visit * (random.random(n) < 0.1)
    spend = bought * np.round(random.gamma(2, 40, n))
    rows = zip(recency, history, newbie, books, toys, region, channel, arm, visit, bought, spend.astype(int))
    write("campaign.csv.gz", "recency,history,newbie,books,toys,region,channel,letter,visit,conversion,spend", rows)


def recommendations():
    import scipy.sparse as sparse
    from implicit.als import AlternatingLeastSquares
    from implicit.nearest_neighbours import BM25Recommender

    user, item, weight = np.loadtxt(HERE / "interactions.csv.gz", delimiter=",", skiprows=1, dtype=np.int32).T
    out = np.array([held_out(f"{u}:{i}") for u, i in zip(user, item)])
    out &= np.bincount(user[~out], minlength=user.max() + 1)[user] > 0
    shape = (user.max() + 1, item.max() + 1)
    part = lambda rows: sparse.csr_matrix((weight[rows].astype(np.float32), (user[rows], item[rows])), shape)
    train, test = part(~out), part(out)
    users = np.flatnonzero(np.diff(test.indptr))

    def recall(lists):
        wanted = [test.indices[test.indptr[u] : test.indptr[u + 1]] for u in users]
        return float(np.mean([np.isin(l[:20], w).sum() / min(20, len(w)) for l, w in zip(lists, wanted)]))

    def asked(model):
        model.fit(train, show_progress=False)
        return recall(model.recommend(users, train[users], N=20, filter_already_liked_items=True)[0])

    als = [
        asked(AlternatingLeastSquares(factors=32, alpha=40, regularization=0.01, iterations=15, random_state=seed, use_gpu=False, num_threads=1))
        for seed in range(42, 47)
    ]
    popular = np.argsort(-np.asarray((train > 0).sum(0)).ravel(), kind="stable")
    known = [train.indices[train.indptr[u] : train.indptr[u + 1]] for u in users]
    return {
        "train, test, users": [int(train.nnz), int(test.nnz), len(users)],
        "als recall@20, mean and deviation of five seeds": [float(np.mean(als)), float(np.std(als))],
        "bm25 recall@20": asked(BM25Recommender(K=100, num_threads=1)),
        "popularity recall@20": recall([popular[~np.isin(popular, k)][:20] for k in known]),
    }


def uplift():
    import pandas
    from sklearn.ensemble import RandomForestClassifier
    from sklift.metrics import qini_auc_score

    table = pandas.read_csv(HERE / "campaign.csv.gz")
    # Row r of the file, from 0, is held out by its number.
    out = np.array([held_out(str(row)) for row in range(len(table))])
    answers = {}
    for at, arm in enumerate(["Books letter", "Toys letter"]):
        rows = table["letter"].isin([arm, "No letter"]).to_numpy()
        part, test = table[rows], out[rows]
        columns = part[["recency", "history", "newbie", "books", "toys", "region", "channel"]]
        x = pandas.get_dummies(columns, dtype=float).to_numpy()
        treated, visit = (part["letter"] == arm).to_numpy().astype(int), part["visit"].to_numpy()
        true = effects(part["recency"].to_numpy(), part["newbie"].to_numpy(), part["books"].to_numpy(), part["toys"].to_numpy())[at]
        found = []
        for seed in range(5):
            rate = []
            for w in (1, 0):
                forest = RandomForestClassifier(100, max_depth=8, min_samples_leaf=5, random_state=seed)
                forest.fit(x[~test & (treated == w)], visit[~test & (treated == w)])
                rate.append(forest.predict_proba(x[test])[:, 1])
            score = rate[0] - rate[1]
            found.append([qini_auc_score(visit[test], score, treated[test]), np.corrcoef(score, true[test])[0, 1]])
        mean, deviation = np.mean(found, 0), np.std(found, 0)
        answers[arm] = {
            "effect": float(visit[treated == 1].mean() - visit[treated == 0].mean()),
            "qini of the truth": float(qini_auc_score(visit[test], true[test], treated[test])),
            "qini, mean and deviation of five seeds": [float(mean[0]), float(deviation[0])],
            "correlation with the truth": [float(mean[1]), float(deviation[1])],
        }
    return answers


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["data"]:
            interactions()
            campaign()
        case ["reference"]:
            import warnings

            warnings.simplefilter("ignore")
            print(json.dumps({"recommendations": recommendations(), "uplift": uplift()}, indent=2))
        case _:
            sys.exit(__doc__)
