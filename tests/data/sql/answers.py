"""What DuckDB answers to queries.sql and day.sql on the workspace of tests/fixtures/0.1.0, as answers.jsonl.

    pip install duckdb==2.0.1 pytz
    python answers.py

One JSON object a line: the query, the kind of each column, the rows. Times are in UTC with milliseconds, spans of time as
DuckDB writes them, infinity as "inf", NaN as null.
"""

import datetime
import decimal
import json
import math
import pathlib

import duckdb

HERE = pathlib.Path(__file__).parent
WORKSPACE = HERE.parent.parent / "fixtures/0.1.0/workspace"
FIRST = ["user_id", "segment", "churn", "ltv", "revenue", "uplift", "uplift_group"]


def connect():
    manifest = json.loads((WORKSPACE / "manifest.json").read_text())
    connection = duckdb.connect()
    connection.sql("set timezone='UTC'")
    for schema, run in [("main", manifest["runs"][0]), ("previous", manifest["runs"][1])]:
        connection.sql(f"create schema if not exists {schema}")
        files = {path.stem: path for path in (WORKSPACE / "runs" / run).glob("*.parquet")}
        for table, path in files.items():
            connection.sql(f"create view {schema}.{table} as select * from read_parquet('{path}')")
        tables = [name for name in ("features", "segments", "churn", "ltv", "uplift") if name in files]
        columns = []
        for table in tables:
            named = connection.sql(f"describe {schema}.{table}").fetchall()
            columns += [(row[0], table) for row in named if row[0] != "user_id" or table == "features"]
        columns.sort(key=lambda column: FIRST.index(column[0]) if column[0] in FIRST else len(FIRST))
        chosen = ", ".join(f"{table}.{name}" for name, table in columns)
        beside = "".join(f" positional join {schema}.{table}" for table in tables[1:])
        connection.sql(f"create view {schema}.users as select {chosen} from {schema}.features{beside}")
    return connection


def kind(type_name):
    name = str(type_name)
    if name.endswith("[]"):
        return "list"
    if name == "BOOLEAN":
        return "bool"
    if "INT" in name and name != "INTERVAL":
        return "int"
    if name in ("FLOAT", "DOUBLE") or name.startswith("DECIMAL"):
        return "real"
    if name.startswith("TIMESTAMP"):
        return "time"
    return {"DATE": "date", "INTERVAL": "text", "VARCHAR": "text"}.get(name, name.lower())


def value(of):
    if isinstance(of, decimal.Decimal):
        of = float(of)
    if isinstance(of, float):
        return None if math.isnan(of) else ("inf" if of > 0 else "-inf") if math.isinf(of) else of
    if isinstance(of, datetime.datetime):
        if of.tzinfo:
            of = of.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        return of.isoformat(timespec="milliseconds") + "Z"
    if isinstance(of, datetime.date):
        return of.isoformat()
    if isinstance(of, (list, tuple)):
        return [value(part) for part in of]
    return of


def answer(connection, query):
    result = connection.execute(query)
    names, types = [d[0] for d in result.description], [str(d[1]) for d in result.description]
    spans = [name for name, kind in zip(names, types) if kind == "INTERVAL"]
    if spans:
        casts = ", ".join(f'"{name}"::varchar as "{name}"' for name in spans)
        result = connection.execute(f"select * replace ({casts}) from ({query})")
    rows = [[value(cell) for cell in row] for row in result.fetchall()]
    return {"query": query, "kinds": [kind(name) for name in types], "rows": rows}


def queries(path):
    """One a line; an empty line or a comment ends none."""
    lines = path.read_text().splitlines()
    return [line for line in lines if line.strip() and not line.startswith("--")]


if __name__ == "__main__":
    connection = connect()
    with (HERE / "answers.jsonl").open("w") as out:
        for query in queries(HERE / "queries.sql"):
            out.write(json.dumps(answer(connection, query), ensure_ascii=False) + "\n")
