"""Reads exported tables with DuckDB, which is not ours, and prints what it finds as JSON.

    duckdb_tables.py FOLDER

FOLDER holds `findings/date=DATE/RUN.EXTENSION`, `coverage/...` and perhaps `resources/...`, each as Parquet and as JSON Lines.
Nothing is said of the types: DuckDB finds them out by itself, as an analyst would let it. Only that both formats
say the same is judged here.
"""

import json
import pathlib
import sys

import duckdb

FORMATS = {
    "parquet": "read_parquet('{}', hive_partitioning = true)",
    "jsonl": "read_json('{}', format = 'newline_delimited', hive_partitioning = true)",
}
TABLES = ("findings", "resources", "coverage")


def main():
    folder = pathlib.Path(sys.argv[1])
    db = duckdb.connect()
    # What a time is shown in must not matter to what it is; extensions would come from the network.
    db.execute("SET TimeZone = 'Asia/Tokyo'; SET autoinstall_known_extensions = false;")
    said = {}
    for table in TABLES:
        if not (folder / table).is_dir():
            continue
        for name, reader in FORMATS.items():
            files = sorted((folder / table).glob(f"date=*/*.{name}"))
            # An empty file has no columns to find out.
            files = [file for file in files if name == "parquet" or file.stat().st_size]
            if not files:
                continue
            pattern = str(folder / table / "*" / f"*.{name}").replace("'", "''")
            db.execute(f"CREATE VIEW {table}_{name} AS FROM {reader.format(pattern)}")
            said[f"{table}_{name}"] = about(db, f"{table}_{name}", "findings" == table)
        if f"{table}_jsonl" in said:
            same(db, table)
    whole = [name for name in FORMATS if all(f"{table}_{name}" in said for table in TABLES)]
    said["joined"] = [joined(db, name) for name in whole]
    said["unread"] = [unread(db, name) for name in whole]
    said["row_groups"] = db.execute(
        "SELECT count(DISTINCT row_group_id) FROM parquet_metadata(?)", [str(folder / "findings/*/*.parquet")]
    ).fetchone()[0]
    json.dump(said, sys.stdout)


def about(db, view, findings):
    def rows(sql):
        return [list(row) for row in db.execute(sql.format(view=view)).fetchall()]

    columns = rows("SELECT column_name, column_type FROM (DESCRIBE {view})")
    counts = ", ".join(f'count(*) - count("{name}")' for name, _ in columns)
    said = {
        "types": dict(columns),
        "nulls": dict(zip((name for name, _ in columns), rows(f"SELECT {counts} FROM {view}")[0])),
        "dates": rows(
            "SELECT date::VARCHAR, count(*), count(DISTINCT run_id) FROM {view} GROUP BY ALL ORDER BY ALL"
        ),
        "on_the_21st": rows("SELECT count(*) FROM {view} WHERE date = DATE '2026-11-21'")[0][0],
        "observed": rows("SELECT DISTINCT epoch_ms(observed_at) FROM {view} ORDER BY ALL"),
    }
    if findings:
        said["by_status"] = rows(
            "SELECT kind, status, verdict, count(*) FROM {view} GROUP BY ALL ORDER BY ALL NULLS FIRST"
        )
        said["age_in_days"] = rows(
            "SELECT max(date_sub('day', first_seen, observed_at)) FROM {view} WHERE first_seen IS NOT NULL"
        )[0][0]
        said["texts"] = rows("SELECT DISTINCT message FROM {view} WHERE kind = 'finding' ORDER BY ALL LIMIT 10")
    return said


def joined(db, name):
    """What was found, beside what the resource is."""
    rows = db.execute(
        f"""
        SELECT f.rule, r.resource_name, r.tags ->> '$.owner', r.attributes ->> '$.Rules[0].FromPort',
               json_array_length(r.unknown_attributes::JSON), f.changes ->> '$[0].path'
        FROM findings_{name} f
        JOIN resources_{name} r USING (date, run_id, cloud, scope, region, resource_type, resource_id)
        WHERE date = DATE '2026-11-21'
        ORDER BY ALL NULLS LAST
        """
    )
    return [list(row) for row in rows.fetchall()]


def unread(db, name):
    """Of what nothing is known."""
    rows = db.execute(
        f"""
        SELECT scope, resource_type, outcome FROM coverage_{name}
        WHERE date = DATE '2026-11-21' AND outcome <> 'complete'
        ORDER BY scope NULLS LAST, resource_type NULLS FIRST
        """
    )
    return [list(row) for row in rows.fetchall()]


def same(db, table):
    """Both formats hold the same rows, read as the types of Parquet."""
    columns = db.execute(f"SELECT column_name, column_type FROM (DESCRIBE {table}_parquet)").fetchall()
    cast = ", ".join(f'"{name}"::{kind} AS "{name}"' for name, kind in columns)
    one, other = f"FROM {table}_parquet", f"SELECT {cast} FROM {table}_jsonl"
    for a, b in ((one, other), (other, one)):
        more = db.execute(f"SELECT count(*) FROM (({a}) EXCEPT ALL ({b}))").fetchone()[0]
        if more:
            raise SystemExit(f"{table}: {more} rows are in one format only")


if __name__ == "__main__":
    main()
