"""Finding resembling declarations: our index beside bm25s and rapidfuzz where they are installed.

    .venv/bin/python bench/similar.py --size 100000

bm25s and rapidfuzz are no dependencies of ours: install them into an environment of your own to see their rows.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from random import Random
from statistics import median, quantiles
from typing import Any

from bench.declarations import honest, planted
from plugin.similar import THRESHOLD, Declaration, Index

STRENGTHS = ("light", "medium", "heavy")


def rss_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def row(name: str, build_s: float, mb: float, times: list[float], recall: dict[str, float]) -> None:
    found = "  ".join(f"{strength} {recall[strength]:.2f}" for strength in STRENGTHS)
    print(
        f"{name:<12}{build_s:>8.1f} s{mb:>8.0f} MB{median(times):>8.2f} ms{quantiles(times, n=20)[-1]:>8.2f} ms   {found}"
    )


def measured(
    ask: Callable[[Declaration], list[str]], sources: list[Declaration]
) -> tuple[list[float], dict[str, float]]:
    rng, times, recall = Random(7), [], {}
    for strength in STRENGTHS:
        hits = 0
        for source in sources:
            query = planted(source, strength, rng)
            start = time.perf_counter()
            found = ask(query)
            times.append((time.perf_counter() - start) * 1e3)
            hits += source.id in found
        recall[strength] = hits / len(sources)
    return times, recall


def ours(corpus: list[Declaration], sources: list[Declaration]) -> None:
    before, start = rss_mb(), time.perf_counter()
    index = Index()
    for each in corpus:
        index.add(each)
    build_s, mb = time.perf_counter() - start, rss_mb() - before
    times, recall = measured(lambda query: [hint.id for hint in index.similar(query, threshold=0.0)], sources)
    row("ours", build_s, mb, times, recall)
    times, recall = measured(lambda query: [hint.id for hint in index.similar(query)], sources)
    row("ours, shown", build_s, mb, times, recall)
    fresh = list(honest(len(corpus) + 300, seed=1))[-300:]
    alarms = sum(bool(index.similar(each)) for each in fresh)
    print(f"false alarms per 100 honest declarations at {THRESHOLD}: {alarms / 3:.1f}")


def bm25(corpus: list[Declaration], sources: list[Declaration], bm25s: Any) -> None:
    def tokens(each: Declaration) -> list[str]:
        return [each.text[at : at + 2] for at in range(len(each.text) - 1)]

    before, start = rss_mb(), time.perf_counter()
    engine = bm25s.BM25()
    engine.index([tokens(each) for each in corpus], show_progress=False)
    build_s, mb = time.perf_counter() - start, rss_mb() - before
    ids = [each.id for each in corpus]

    def ask(query: Declaration) -> list[str]:
        best, _scores = engine.retrieve([tokens(query)], k=5, show_progress=False)
        return [ids[number] for number in best[0]]

    times, recall = measured(ask, sources[:50])
    row("bm25s", build_s, mb, times, recall)


def fuzzy(corpus: list[Declaration], sources: list[Declaration], process: Any, fuzz: Any) -> None:
    texts = {each.id: each.text for each in corpus}

    def ask(query: Declaration) -> list[str]:
        return [key for _text, _score, key in process.extract(query.text, texts, scorer=fuzz.ratio, limit=5)]

    times, recall = measured(ask, sources[:20])
    row("rapidfuzz", 0.0, 0.0, times, recall)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=10_000)
    size = parser.parse_args().size
    corpus = list(honest(size))
    sources = Random(3).sample(corpus, 100)
    print(f"{size} texts        build     RAM     p50         p95        recall@5")
    ours(corpus, sources)
    try:
        import bm25s

        bm25(corpus, sources, bm25s)
    except ImportError:
        print("bm25s       is not installed")
    try:
        from rapidfuzz import fuzz, process

        fuzzy(corpus, sources, process, fuzz)
    except ImportError:
        print("rapidfuzz   is not installed")


if __name__ == "__main__":
    main()
