"""Runs Splink on a CSV (unique_id, cluster, columns) and prints JSON lines.

Settings for the historical, fake and FEBRL sets are those of Splink's own
examples; for the made Chinese sets the nearest of its comparison library.
Best threshold of those tried is chosen on the truth, which favours Splink.
"""
import json
import sys
import time
import logging

import duckdb
import pandas as pd
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

logging.getLogger("splink").setLevel(logging.ERROR)


def historical():
    s = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "surname", forename_surname_concat_col_name="first_name_surname_concat"),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.PostcodeComparison("postcode_fake"),
            cl.ExactMatch("birth_place").configure(term_frequency_adjustments=True),
            cl.ExactMatch("occupation").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("substr(first_name,1,3)", "substr(surname,1,4)"), block_on("surname", "dob"), block_on("first_name", "dob"),
            block_on("postcode_fake", "first_name"), block_on("postcode_fake", "surname"), block_on("dob", "birth_place"),
            block_on("substr(postcode_fake,1,3)", "dob"), block_on("substr(postcode_fake,1,3)", "first_name"),
            block_on("substr(postcode_fake,1,3)", "surname"), block_on("substr(first_name,1,2)", "substr(surname,1,2)", "substr(dob,1,4)"),
        ],
    )
    det = ["l.first_name = r.first_name and l.surname = r.surname and l.dob = r.dob",
           "substr(l.first_name,1,2) = substr(r.first_name,1,2) and l.surname = r.surname and substr(l.postcode_fake,1,2) = substr(r.postcode_fake,1,2)",
           "l.dob = r.dob and l.postcode_fake = r.postcode_fake"]
    return s, det, 0.6, [block_on("first_name", "surname"), block_on("dob")]


def fake():
    s = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("first_name", [0.9, 0.7]).configure(term_frequency_adjustments=True),
            cl.JaroWinklerAtThresholds("surname", [0.9, 0.7]).configure(term_frequency_adjustments=True),
            cl.DateOfBirthComparison("dob", input_is_string=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
            cl.EmailComparison("email"),
        ],
        blocking_rules_to_generate_predictions=[block_on("first_name"), block_on("surname"), block_on("dob"), block_on("email")],
    )
    return s, ["l.first_name = r.first_name and l.surname = r.surname and l.dob = r.dob", "l.email = r.email"], 0.7, [block_on("first_name", "surname"), block_on("dob")]


def febrl():
    s = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.NameComparison("given_name"), cl.NameComparison("surname"),
            cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
            cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            cl.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("soc_sec_id"), block_on("given_name"), block_on("surname"), block_on("date_of_birth"), block_on("postcode"),
        ],
    )
    return s, ["l.soc_sec_id = r.soc_sec_id", "l.given_name = r.given_name and l.surname = r.surname and l.date_of_birth = r.date_of_birth"], 0.9, [block_on("date_of_birth"), block_on("postcode")]


def zh_people():
    s = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.LevenshteinAtThresholds("姓名", [1]).configure(term_frequency_adjustments=True), cl.LevenshteinAtThresholds("手机号", [1, 2]),
            cl.LevenshteinAtThresholds("身份证号", [1, 2]), cl.JaroWinklerAtThresholds("地址", [0.95, 0.85]), cl.ExactMatch("邮箱"),
        ],
        blocking_rules_to_generate_predictions=[block_on("姓名"), block_on("手机号"), block_on("身份证号"), block_on("地址"), block_on("邮箱")],
    )
    return s, ["l.身份证号 = r.身份证号", "l.姓名 = r.姓名 and l.手机号 = r.手机号"], 0.5, [block_on("手机号"), block_on("姓名")]


def zh_companies():
    s = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[
            cl.JaroWinklerAtThresholds("公司名称", [0.95, 0.88]).configure(term_frequency_adjustments=True),
            cl.LevenshteinAtThresholds("统一社会信用代码", [1, 2]), cl.JaroWinklerAtThresholds("注册地址", [0.95, 0.85]), cl.LevenshteinAtThresholds("联系电话", [1, 2]),
        ],
        blocking_rules_to_generate_predictions=[block_on("公司名称"), block_on("统一社会信用代码"), block_on("注册地址"), block_on("联系电话"), block_on("substr(公司名称,1,4)")],
    )
    return s, ["l.统一社会信用代码 = r.统一社会信用代码"], 0.4, [block_on("公司名称"), block_on("统一社会信用代码")]


def scores(got, truth):
    f = pd.DataFrame({"g": got, "t": truth})
    both = f.groupby(["g", "t"]).size().rename("n").reset_index()
    g, t = f.groupby("g").size(), f.groupby("t").size()
    pairs = lambda n: (n * (n - 1) / 2).sum()
    p, r = pairs(both.n) / max(pairs(g), 1), pairs(both.n) / pairs(t)
    bp = (both.n**2 / both.g.map(g)).sum() / len(f)
    br = (both.n**2 / both.t.map(t)).sum() / len(f)
    f1 = lambda a, b: 2 * a * b / (a + b) if a + b else 0
    return p, r, f1(p, r), f1(bp, br)


def main(name, path):
    df = pd.read_csv(path, dtype=str)
    df = df.astype(object).where(df.notna(), None)
    kind = name if name.startswith("zh") else name.split("_")[0].rstrip("1234")
    settings, deterministic, recall, sessions = {"historical": historical, "fake": fake, "febrl": febrl, "zh_people": zh_people, "zh_companies": zh_companies}[kind]()
    if kind == "historical":
        df["first_name_surname_concat"] = df.first_name.str.cat(df.surname, sep=" ")
        df["first_name_surname_concat"] = df["first_name_surname_concat"].astype(object).where(df["first_name_surname_concat"].notna(), None)
    truth = df.set_index("unique_id")["cluster"]
    began = time.time()
    api = DuckDBAPI(duckdb.connect())
    try:
        linker = Linker(api.register(df), settings)
    except Exception:
        linker = Linker(df, settings, api)
    linker.training.estimate_probability_two_random_records_match(deterministic, recall=recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6)
    for s in sessions:
        linker.training.estimate_parameters_using_expectation_maximisation(s)
    pred = linker.inference.predict()
    took = None
    best = None
    for th in [0.5, 0.8, 0.9, 0.95, 0.99]:
        cl_ = linker.clustering.cluster_pairwise_predictions_at_threshold(pred, threshold_match_probability=th)
        out = cl_.as_pandas_dataframe() if hasattr(cl_, "as_pandas_dataframe") else cl_.as_duckdbpyrelation().df()
        if took is None:
            took = time.time() - began
        got = out.set_index("unique_id")["cluster_id"].loc[truth.index]
        p, r, f, b = scores(got.values, truth.values)
        if best is None or f > best["f1"]:
            best = {"threshold": th, "precision": p, "recall": r, "f1": f, "b3": b}
    n = len(pred.as_pandas_dataframe()) if hasattr(pred, "as_pandas_dataframe") else None
    print(json.dumps({"set": name, "seconds": took, "pairs": n, **best}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
