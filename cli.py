"""The command line: options to one call, errors to one line and an exit code. Text a person reads is printed here only."""

import io
import json
import logging
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.errors import BusyError, DiskError, NotReadyError, SettingsError

if TYPE_CHECKING:
    from pipeline.config import Settings
    from pipeline.engine import Progress
    from pipeline.store import Run

EXIT_CODES: dict[type[Exception], int] = {SettingsError: 2, NotReadyError: 2, BusyError: 4, DiskError: 5}
SET_ASIDE = 3
INTERRUPTED = 130
ZH = {"ingest": "导入", "segment": "切分", "tag": "编码", "topics": "主题", "cooccur": "共现", "trends": "趋势", "report": "报告"}

app = typer.Typer(
    name="wenmai",
    epilog="Exit codes: 0 done · 1 unexpected · 2 usage, settings or codebook · 3 done, but inputs met for the first time were set aside · 4 the run "
    "folder is busy · 5 disk full or not writable · 130 interrupted, run again to go on.",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

codebooks = typer.Typer(help="Look at a codebook, try it, compare two, exchange it with other programs.", no_args_is_help=True)
app.add_typer(codebooks, name="codebook")

Out = Annotated[Path, typer.Argument(help="The run folder.", show_default=False)]
Config = Annotated[Path | None, typer.Option("--config", help="Settings file, TOML: docs/reference.md.", show_default=False)]
CodebookName = Annotated[str, typer.Argument(metavar="FILE|NAME", help="A codebook, or the name of one that is shipped.")]
Codebook = Annotated[str | None, typer.Option("--codebook", help="Codebook: a file or a shipped one.", show_default=False)]
Period = Annotated[str | None, typer.Option("--period", help="year, halfyear, quarter, month or plan.", show_default=False)]
Seed = Annotated[int | None, typer.Option("--seed", help="Of everything random.", show_default=False)]
Lang = Annotated[str | None, typer.Option("--lang", help="Language the report opens in: zh or en.", show_default=False)]
Jobs = Annotated[int | None, typer.Option("--jobs", help="Worker processes; 0 means one a core.", show_default=False)]
KeepDuplicates = Annotated[bool | None, typer.Option("--keep-duplicates", help="Count near duplicates too.", show_default=False)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print results only.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Also log what the libraries say.")]
Version = Annotated[bool, typer.Option("--version", help="Print the version.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def main() -> None:
    """Run the command line; known errors become one line on stderr and their exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names of files may hold anything
    try:
        _listen()
        app(prog_name="wenmai")
    except (_Interrupted, KeyboardInterrupt):
        typer.echo("interrupted; the same line again goes on where it stopped", err=True)
        sys.exit(INTERRUPTED)
    except tuple(EXIT_CODES) as error:
        typer.echo(f"wenmai: {error}", err=True)
        sys.exit(EXIT_CODES[type(error)])
    except Exception as error:
        logging.getLogger("wenmai").exception("unexpected")
        log = next((file for handler in logging.root.handlers if (file := getattr(handler, "baseFilename", ""))), "")
        where = f"; the traceback is in {log}" if log else ""
        typer.echo(f"wenmai: unexpected {type(error).__name__}: {error}{where}", err=True)
        sys.exit(1)


class _Interrupted(BaseException):
    """Whoever started this process, or the system, wants it to end. No KeyboardInterrupt: Typer would say `Aborted` and exit 1."""


def _listen() -> None:
    """Take interrupt, hang-up and termination for the same: workers are ended, and the exit code says that it can go on."""

    def interrupt(number: int, frame: object) -> None:
        for name in names:
            signal.signal(name, lambda number, frame: os._exit(INTERRUPTED))  # asked twice: at once
        raise _Interrupted

    names = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    names = [name for name in names if signal.getsignal(name) != signal.SIG_IGN]  # nohup
    for name in names:
        signal.signal(name, interrupt)


@app.callback(invoke_without_command=True)
def wenmai(context: typer.Context, version: Version = False) -> None:
    """文脉: read Chinese policy documents and papers, code them, see how emphasis, topics and co-occurrence move over time."""
    if version:
        from importlib.metadata import version as version_of

        typer.echo(f"wenmai {version_of('wenmai')}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(2)


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="The run folder.")] = Path("outputs/demo"),
    jobs: Jobs = None,
    quiet: Quiet = False,
) -> None:
    """Run everything on the shipped corpus: 60 documents of a fictional country.

    Example: wenmai demo
    """
    from pipeline.config import DEMO, read_settings

    settings = read_settings(DEMO / "settings.toml", **_given({"engine.jobs": jobs}))
    _walk(out, settings, [DEMO / "documents"], quiet=quiet)


@app.command()
def run(
    sources: Annotated[list[Path], typer.Argument(help="Files, folders, archives or tables.", show_default=False)],
    out: Annotated[Path | None, typer.Option("--out", help="The run folder; default outputs/NAME of the first SOURCE.")] = None,
    config: Config = None,
    codebook: Codebook = None,
    period: Period = None,
    engine: Annotated[str | None, typer.Option("--engine", help="local or dask.", show_default=False)] = None,
    scheduler: Annotated[str | None, typer.Option("--scheduler", help="Address of a Dask scheduler.", show_default=False)] = None,
    jobs: Jobs = None,
    seed: Seed = None,
    first: Annotated[str, typer.Option("--from", help="First stage.")] = "ingest",
    last: Annotated[str, typer.Option("--to", help="Last stage.")] = "report",
    keep_duplicates: KeepDuplicates = None,
    strict: Annotated[bool, typer.Option("--strict", help="Stop after ingest when an input is set aside.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    lang: Lang = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Take documents the whole way to a report; the same command again does only what is new.

    Example: wenmai run corpora/demo/documents --config corpora/demo/settings.toml --out outputs/demo
    """
    from pipeline.config import read_settings

    given = {"codebook": codebook, "period": period, "engine.kind": engine, "engine.scheduler": scheduler, "engine.jobs": jobs}
    given |= {"ingest.keep_duplicates": keep_duplicates, "seed": seed, "lang": lang}
    settings = read_settings(config, **_given(given))
    out = out or Path("outputs") / _name_for(sources[0])
    if dry_run:
        return _show_plan(out, settings, sources, first, last)
    _walk(out, settings, sources, first=first, last=last, strict=strict, quiet=quiet, verbose=verbose)


@app.command()
def ingest(
    out: Out,
    sources: Annotated[list[Path], typer.Argument(help="Files, folders, archives or tables.", show_default=False)],
    config: Config = None,
    keep_duplicates: KeepDuplicates = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
) -> None:
    """Read documents into a run folder, and nothing more.

    Example: wenmai ingest outputs/demo corpora/demo/documents --config corpora/demo/settings.toml
    """
    from pipeline.config import read_settings

    settings = read_settings(config, **_given({"ingest.keep_duplicates": keep_duplicates, "engine.jobs": jobs}))
    _walk(out, settings, sources, first="ingest", last="ingest", quiet=quiet)


@app.command()
def segment(
    out: Out,
    engine: Annotated[str | None, typer.Option("--engine", help="rjieba or jieba.", show_default=False)] = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
) -> None:
    """Cut the documents of a run into sentences and words.

    Example: wenmai segment outputs/demo
    """
    _one_stage("segment", out, {"segment.engine": engine, "engine.jobs": jobs}, quiet)


@app.command()
def tag(out: Out, codebook: Codebook = None, jobs: Jobs = None, quiet: Quiet = False) -> None:
    """Code the segments of a run against a codebook.

    Example: wenmai tag outputs/demo --codebook framework
    """
    _one_stage("tag", out, {"codebook": codebook, "engine.jobs": jobs}, quiet)


@app.command()
def topics(
    out: Out,
    model: Annotated[str | None, typer.Option("--model", help="plsa, nmf, lda, seeded or tomotopy.", show_default=False)] = None,
    k: Annotated[int | None, typer.Option("--k", help="Number of topics.", show_default=False)] = None,
    search_k: Annotated[bool, typer.Option("--search-k", help="Search for the number of topics.")] = False,
    refit: Annotated[
        bool, typer.Option("--refit", help="Fit anew on all documents; topics that come again keep their numbers.")
    ] = False,
    by_period: Annotated[
        bool | None, typer.Option("--by-period/--no-by-period", help="Also fit each period.", show_default=False)
    ] = None,
    seed: Seed = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
) -> None:
    """Give the documents of a run to topics; those of earlier documents stay as they are unless --refit is given.

    Example: wenmai topics outputs/demo --search-k
    """
    if refit:
        from pipeline.topics.model import retire

        retire(out)
    given = {"topics.model": model, "topics.k": k, "topics.search": search_k or None, "topics.by_period": by_period}
    _one_stage("topics", out, {**given, "seed": seed, "engine.jobs": jobs}, quiet)


@app.command()
def cooccur(
    out: Out,
    period: Period = None,
    unit: Annotated[str | None, typer.Option("--unit", help="sentence, paragraph or document.", show_default=False)] = None,
    terms: Annotated[int | None, typer.Option("--terms", help="Most frequent terms on the map.", show_default=False)] = None,
    seed: Seed = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
) -> None:
    """Count which terms and codes meet, cluster them and lay out the map.

    Example: wenmai cooccur outputs/demo --terms 120
    """
    given = {"period": period, "cooccur.unit": unit, "cooccur.terms": terms, "seed": seed, "engine.jobs": jobs}
    _one_stage("cooccur", out, given, quiet)


@app.command()
def trends(
    out: Out,
    period: Period = None,
    term: Annotated[
        list[str] | None, typer.Option("--term", help="A word of your own to follow; may be repeated.", show_default=False)
    ] = None,
    since: Annotated[
        list[str] | None,
        typer.Option("--since", help="A document to compare before and after, by number or title.", show_default=False),
    ] = None,
    seed: Seed = None,
    jobs: Jobs = None,
    quiet: Quiet = False,
) -> None:
    """Count each code a period and group, with intervals; tell what moved, since when, and why.

    Example: wenmai trends outputs/demo --period year --term 数据共享 --since 岚政发〔2019〕8号
    """
    given = {"period": period, "trends.terms": term or None, "trends.since": since or None, "seed": seed, "engine.jobs": jobs}
    _one_stage("trends", out, given, quiet)


@app.command()
def report(out: Out, lang: Lang = None, quiet: Quiet = False) -> None:
    """Write report.html, the figures and tables.xlsx of a run.

    Example: wenmai report outputs/demo --lang zh
    """
    _one_stage("report", out, {"lang": lang}, quiet)


@app.command()
def label(
    file: Annotated[Path, typer.Argument(help="A csv, xlsx or jsonl file, one text a row.", show_default=False)],
    text: Annotated[str, typer.Option("--text", help="Column that holds the text.", show_default=False)],
    id_column: Annotated[str | None, typer.Option("--id", help="Column that names a row.", show_default=False)] = None,
    codebook: Codebook = None,
    config: Config = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="csv, xlsx or jsonl; default csv on stdout.")] = None,
) -> None:
    """Code a spreadsheet of texts: its columns plus codes, stance and evidence, one row a text.

    Example: wenmai label corpora/demo/sentences.csv --text 句子 --id 编号 -o outputs/labels.csv
    """
    from pipeline.coding.label import label_file
    from pipeline.config import read_settings

    rows = label_file(file, out, text=text, id_column=id_column, settings=read_settings(config, **_given({"codebook": codebook})))
    typer.echo(f"{rows} rows coded" + (f": {out}" if out else ""), err=True)


@codebooks.command("show")
def codebook_show(
    book: CodebookName = "framework",
    code: Annotated[str | None, typer.Option("--code", help="Show all that one code holds.", show_default=False)] = None,
    as_json: Json = False,
) -> None:
    """Show the codes of a codebook, or all that one of them holds.

    Example: wenmai codebook show framework --code silos.barrier
    """
    from pipeline.coding.check import contents
    from pipeline.config import read_settings

    _print_rows(contents(read_settings(None, codebook=book), code), as_json=as_json)


@codebooks.command("export")
def codebook_export(
    book: CodebookName = "framework",
    out: Annotated[Path, typer.Option("--out", "-o", help="A .xlsx or .qdc (REFI-QDA) file.")] = Path("codebook.xlsx"),
) -> None:
    """Write a codebook as a workbook for people, or as REFI-QDA .qdc for NVivo, MAXQDA and ATLAS.ti.

    Example: wenmai codebook export framework -o outputs/framework.xlsx
    """
    from pipeline.config import lexicon
    from pipeline.exchange.codebooks import export_codebook

    export_codebook(lexicon(book, "codebooks", ".yaml"), out)
    typer.echo(out)


@codebooks.command("import")
def codebook_import(
    file: Annotated[Path, typer.Argument(help="A .xlsx or .qdc file that holds a codebook.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="The YAML file to write.")] = Path("codebook.yaml"),
) -> None:
    """Write the YAML of a codebook that was edited as a workbook, or comes from another program as .qdc.

    Example: wenmai codebook import outputs/framework.xlsx -o outputs/mine.yaml
    """
    from pipeline.exchange.codebooks import import_codebook

    typer.echo(f"{import_codebook(file, out)} codes: {out}")


@codebooks.command("check")
def codebook_check(
    book: CodebookName = "framework",
    config: Config = None,
    as_json: Json = False,
) -> None:
    """Run the examples of a codebook: each must carry its code, no counterexample may. Exit 2 when one fails.

    Example: wenmai codebook check framework
    """
    from pipeline.coding.check import failures
    from pipeline.config import read_settings

    failed = failures(read_settings(config, codebook=book))
    if failed or as_json:
        _print_rows(failed, as_json=as_json)
    typer.echo(f"{len(failed)} examples fail" if failed else "all examples and counterexamples are right", err=True)
    raise typer.Exit(2 if failed else 0)


@codebooks.command("diff")
def codebook_diff(
    one: Annotated[str, typer.Argument(metavar="A", help="A codebook, or the name of one that is shipped.", show_default=False)],
    other: Annotated[str, typer.Argument(metavar="B", help="The one to compare it with.", show_default=False)],
    out: Out,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Lines shown.")] = 50,
    as_json: Json = False,
) -> None:
    """Show which segments of a run two codebooks code differently, and by which terms and rules.

    Example: wenmai codebook diff framework framework outputs/demo
    """
    from pipeline.coding.check import differences

    found = list(differences(_open(out), one, other))
    if found or as_json:
        _print_rows(found[:limit], as_json=as_json)
    typer.echo(f"{len(found)} codings differ" + ("" if len(found) <= limit else "; more with --limit"), err=True)


@codebooks.command("audit")
def codebook_audit(
    out: Out,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Terms shown.")] = 40,
    sheet: Annotated[Path | None, typer.Option("--sheet", "-o", help="A .xlsx file for all of them.")] = None,
    as_json: Json = False,
) -> None:
    """Show which terms of the codebook the segmenter cuts into several words, or across a word, how often and where.

    Example: wenmai codebook audit outputs/demo --limit 10
    """
    from pipeline.coding.audit import audit
    from pipeline.exchange.sheets import write_sheet

    rows = audit(_open(out))
    if sheet:
        write_sheet(sheet, "audit", rows)
        return typer.echo(sheet)
    _print_rows(rows[:limit], as_json=as_json)
    typer.echo(f"{len(rows)} terms" + ("" if len(rows) <= limit else "; more with --limit"), err=True)


@codebooks.command("suggest")
def codebook_suggest(
    out: Out,
    code: Annotated[str | None, typer.Option("--code", help="One code; every code when left out.", show_default=False)] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Candidates of each code.")] = 20,
    min_count: Annotated[int, typer.Option("--min-count", min=2, help="Sentences a candidate must stand in.")] = 5,
    sheet: Annotated[Path | None, typer.Option("--sheet", "-o", help="A .xlsx file to accept or reject in.")] = None,
    as_json: Json = False,
) -> None:
    """Suggest terms for a code from the documents of a run, with what speaks for each and where it stands.

    Example: wenmai codebook suggest outputs/demo --code silos.bridging --min-count 3
    """
    from pipeline.coding.suggest import suggest
    from pipeline.exchange.sheets import write_sheet

    rows = suggest(_open(out), code, limit=limit, min_count=min_count)
    if sheet:
        write_sheet(sheet, "suggestions", rows)
        typer.echo(sheet)
    else:
        shown = ("code", "candidate", "sentences", "coded", "documents", "similarity", "nearest", "context_1")
        _print_rows(rows if as_json else [{name: row[name] for name in shown} for row in rows], as_json=as_json)
    if not rows:
        typer.echo("no candidates: a code needs 30 coded sentences, and terms that the documents use", err=True)


@app.command()
def kwic(
    out: Out,
    query: Annotated[str, typer.Argument(metavar="TERM|CODE", help="Characters to look for, or a code.", show_default=False)],
    width: Annotated[int, typer.Option("--width", min=1, help="Characters shown on each side.")] = 20,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Lines shown.")] = 50,
    as_json: Json = False,
) -> None:
    """Show a term, or what carries a code, in its context.

    Example: wenmai kwic outputs/demo 数据共享
    """
    from pipeline.coding.kwic import concordance

    lines, found = concordance(_open(out), query, width=width, limit=limit)
    _print_rows(lines, as_json=as_json, right={"left"})
    typer.echo(f"{len(lines)} of {found} places" + ("" if len(lines) == found else "; more with --limit"), err=True)


@app.command()
def compare(
    out: Out,
    a: Annotated[str, typer.Argument(metavar="A", help="A side: level=central, period=2021..2023 …", show_default=False)],
    b: Annotated[str, typer.Argument(metavar="B", help="The side to compare it with, or rest.", show_default=False)],
    limit: Annotated[int, typer.Option("--limit", min=1, help="Words shown of each side.")] = 15,
    number: Annotated[int, typer.Option("--sentences", min=0, help="Sentences shown of each side for a word or code.")] = 1,
    matched: Annotated[
        bool | None,
        typer.Option("--matched/--no-matched", help="Documents alike in kind and length only; default: where enough are."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write all rows and sentences to an xlsx or csv file.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Compare two sides of a run: which codes and words each has more of, how sure that is, and the sentences.

    A side is level=, province=, region=, issuer=, kind=, period= or stance= with a value, `|` for one of several values, `,` for conditions
    that must all hold, and `rest` for what is not on the other side: level=central,period=2021..2023 or stance=problem.

    Example: wenmai compare outputs/demo level=central level=province --limit 5
    """
    from pipeline.engine import workers
    from pipeline.exchange.comparison import sentences, write_comparison
    from pipeline.trends.compare import compare as compare_sides
    from pipeline.trends.compare import leading

    made = _open(out)
    with workers(made.settings.engine) as spread:
        found = compare_sides(made, spread, a, b)
    if matched and True not in found.sides:
        raise SettingsError(f"{found.notes[-1]}; compare them as they are with --no-matched")
    alike = True in found.sides if matched is None else matched
    rows = [row for row in found.rows if row.matched == alike]
    words = {side: leading(rows, side, limit) for side in "ab"}
    codes = [row for row in rows if row.kind == "code"]
    quotes = sentences(made, found, codes + words["a"] + words["b"], matched=alike, number=number)
    if as_json:
        sections = {"codes": codes, "words_a": words["a"], "words_b": words["b"]}
        shown = {"a": a, "b": b, "matched": alike, "notes": found.notes}
        shown |= {name: [asdict(row) for row in section] for name, section in sections.items()} | {"sentences": quotes}
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=1))
    else:
        _show_comparison(found.notes, alike, rows, words, quotes)
    if file:
        written = write_comparison(file, made, found, matched=alike, number=max(number, 1))
        typer.echo(f"{written} rows: {file}", err=True)


@app.command()
def export(
    out: Out,
    form: Annotated[str, typer.Option("--as", help="vosviewer, gexf, pajek, spacy, xlsx or csv.", show_default=False)],
    kind: Annotated[
        str | None,
        typer.Option("--kind", help="Maps of term, code, keyword, author … only; default all there are.", show_default=False),
    ] = None,
    period: Annotated[
        str | None,
        typer.Option("--period", help="The map of one period only, or `all`: the whole corpus as one.", show_default=False),
    ] = None,
    all_links: Annotated[bool, typer.Option("--all-links", help="Every link, not only those the report draws.")] = False,
    folder: Annotated[
        Path | None, typer.Option("-o", "--output", help="A folder; default OUT/exchange/FORMAT.", show_default=False)
    ] = None,
) -> None:
    """Write maps for VOSviewer, Gephi or Pajek, coded documents for spaCy, or the tables as a workbook or csv.

    Example: wenmai export outputs/demo --as gexf --kind code
    """
    from pipeline.exchange.formats import export as export_run

    for path in export_run(_open(out), form, kind=kind, period=period, all_links=all_links, folder=folder):
        typer.echo(path)


@app.command()
def sql(
    out: Out,
    query: Annotated[str, typer.Argument(help="SQL over the tables of the run (DuckDB).", show_default=False)],
    as_json: Json = False,
) -> None:
    """Ask the tables of a run in SQL.

    Example: wenmai sql outputs/demo "SELECT code, count(*) AS n FROM tags GROUP BY code ORDER BY n DESC"
    """
    from pipeline.exchange.sql import ask

    _print_rows(ask(_open(out), query), as_json=as_json)


@app.command()
def status(out: Out, as_json: Json = False) -> None:
    """Show what a run holds: stages, tables, inputs set aside, metadata found.

    Example: wenmai status outputs/demo
    """
    from pipeline.stages import overview

    shown = overview(_open(out))
    if as_json:
        return typer.echo(json.dumps(shown, ensure_ascii=False, indent=1))
    for title, rows in shown.items():
        typer.secho(title, bold=True)
        _print_rows(rows)


@app.command()
def moved(
    out: Out,
    since: Annotated[
        str | None,
        typer.Option("--since", help="Number of an earlier state, or a day or month: the last one of then.", show_default=False),
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Show the states that are kept.")] = False,
    lang: Annotated[str | None, typer.Option("--lang", help="zh or en; default as the report.", show_default=False)] = None,
    as_json: Json = False,
) -> None:
    """Say on one page what moved since the previous run: new documents, codebook and settings kept apart, by strength of evidence.

    A mailer sends what --json prints when `status` is `compared`; docs/methods.md says what its keys mean.

    Example: wenmai moved outputs/demo
    """
    from dataclasses import asdict

    from pipeline.report.moved import memo
    from pipeline.trends.moved import moved, state_of

    made = _open(out)
    if lang not in (None, "zh", "en"):
        raise SettingsError(f"--lang {lang}: the choices are zh, en")
    if listed:
        return _print_rows(state_of(made), as_json=as_json)
    told = json.loads(json.dumps(asdict(moved(made, since))))
    if as_json:
        return typer.echo(json.dumps(told, ensure_ascii=False, indent=1))
    _print_page(memo(told, lang or made.settings.lang))


@app.command()
def doctor(as_json: Json = False) -> None:
    """Check this installation: libraries, font, optional parts, this machine.

    Example: wenmai doctor
    """
    from pipeline.doctor import checks

    found = checks()
    _print_rows(found, as_json=as_json)
    if any(check["state"] == "missing" for check in found):
        raise typer.Exit(1)


@app.command("open")
def open_report(out: Out) -> None:
    """Open the report of a run in the browser.

    Example: wenmai open outputs/demo
    """
    page = _open(out).folder / "report.html"
    if not page.is_file():
        raise NotReadyError(f"no report in {out}; make it with: wenmai report {out}")
    typer.echo(page)
    typer.launch(page.resolve().as_uri())


def _walk(
    out: Path, settings: "Settings", sources: Sequence[Path] = (), *, quiet: bool = False, verbose: bool = False, **limits: Any
) -> None:
    """Run stages with a progress display, say what came out, and end with exit code 3 when inputs were set aside."""
    from pipeline.ingest.scan import files_of
    from pipeline.stages import walk
    from pipeline.store import Run

    made = Run(out, settings)
    if sources and not files_of(sources, leave_out=out) and not made.rows("inputs"):
        raise SettingsError(f"no files in {', '.join(map(str, sources))}; give a folder that holds documents")
    _log_to(out, verbose)
    with _progress(quiet) as progress:
        states = walk(made, sources, progress=progress, **limits)
    set_aside, skipped = states.pop("set_aside"), states.pop("skipped")
    _say_outcome(made, states, skipped, quiet)
    if set_aside:
        if limits.get("strict"):
            typer.echo(f"stopped after ingest (--strict): {set_aside} inputs are set aside", err=True)
        raise typer.Exit(SET_ASIDE)


def _one_stage(name: str, out: Path, given: dict[str, Any], quiet: bool) -> None:
    """Run one stage of an existing run, with the settings it was made with and those given now."""
    from pipeline.config import change_settings
    from pipeline.stages import walk
    from pipeline.store import Run

    made = Run(out, change_settings(_open(out).settings, **_given(given)))
    _log_to(out, False)
    with _progress(quiet) as progress:
        states = walk(made, first=name, last=name, progress=progress)
    if states[name].get("reason"):
        raise NotReadyError(f"{name} had too little to work on: {states[name]['reason']}")
    if not quiet:
        typer.echo(_line(name, states[name], states["skipped"]))
        _say_stale(made)


def _open(out: Path) -> "Run":
    from pipeline.store import open_run

    return open_run(out)


def _name_for(source: Path) -> str:
    """The name of a run folder for a SOURCE, in UTF-8: Arrow opens no other."""
    from pipeline.ingest.scan import name_of, plain

    whole = source.resolve()
    name = plain(name_of(whole)).encode("utf-8")
    return os.fsdecode(Path(os.fsdecode(name)).stem if whole.is_file() else name)


def _given(options: dict[str, Any]) -> dict[str, Any]:
    """The options that were typed."""
    return {name: value for name, value in options.items() if value is not None}


def _say_outcome(made: "Run", states: dict[str, Any], skipped: Sequence[str], quiet: bool) -> None:
    """A line a stage, then where the report is."""
    if not quiet:
        for name, state in states.items():
            typer.echo(_line(name, state, skipped), err=True)
        ingest = states.get("ingest", {})
        if (made.folder / "problems.csv").is_file() and ingest.get("problems"):
            typer.echo(f"set aside or doubted: {made.folder / 'problems.csv'}", err=True)
        if ingest.get("vanished"):
            typer.echo(f"{ingest['vanished']} inputs are no longer there; their documents stay", err=True)
        _say_stale(made)
    if (made.folder / "report.html").is_file():
        typer.echo(f"report: {made.folder / 'report.html'}")


def _line(name: str, state: dict[str, Any], skipped: Sequence[str]) -> str:
    said = state.get("reason") or state.get("note")
    what = "nothing new" if name in skipped else _counts(state)
    return f"{name:8}{ZH[name]}  {what}" + (f" — {said}" if said else "")


def _say_stale(made: "Run") -> None:
    """Which tables the report shows though something they depend on has changed."""
    from pipeline.store import read_state

    if old := read_state(made.folder).get("stale"):
        again = " && ".join(f"wenmai {name} {made.folder}" for name in old)
        typer.echo(f"the report shows tables of earlier settings: {', '.join(old)}; make them anew with: {again}", err=True)


def _counts(state: dict[str, Any]) -> str:
    return " · ".join(f"{value:,} {name.replace('_', ' ')}" for name, value in state.items() if isinstance(value, int))


def _show_comparison(
    notes: Sequence[str], matched: bool, rows: Sequence[Any], words: dict[str, Any], quotes: Sequence[dict[str, Any]]
) -> None:
    """What the sides are, codes, words of each side, sentences."""
    codes = [row for row in rows if row.kind == "code"]
    tested = [row for row in rows if row.kind == "word" and row.q is not None]
    sure = {side: sum(row.q < 0.05 and sign * row.z > 0 for row in tested) for side, sign in (("a", 1), ("b", -1))}
    for note in notes:
        typer.echo(note)
    what = "matched" if matched else "as they are"
    typer.secho(f"\ncoded sentences per 1,000, {what}", bold=True)
    if codes:
        _print_rows([_code_row(row) for row in codes])
    else:
        typer.echo("no sentence of either side carries a code")
    for side, found in words.items():
        many = f"{sure[side]} of {len(tested):,} tested are so beyond chance, q < .05" if tested else "none tested"
        typer.secho(f"\nwords most typical of {side.upper()}, per 10,000 words, {what}: {many}", bold=True)
        if found:
            _print_rows([_word_row(row) for row in found])
    if quotes:
        typer.secho("\nsentences", bold=True)
        _print_rows([{name: row[name] for name in ("item", "side", "sentence", "title", "date")} for row in quotes])


def _code_row(row: Any) -> dict[str, Any]:
    interval = "" if row.low is None else f"{row.low:+.1f} … {row.high:+.1f}"
    return {
        "code": row.item, "A": f"{row.rate_a:.1f}", "B": f"{row.rate_b:.1f}", "A - B": f"{row.rate_a - row.rate_b:+.1f}",
        "95 % interval": interval, "log2 ratio": f"{row.log_ratio:+.2f}", "z": f"{row.z:+.1f}", "p": _chance(row.p), "q": _chance(row.q),
        "documents A": row.documents_a, "documents B": row.documents_b, "remark": row.reason,
    }  # fmt: skip


def _word_row(row: Any) -> dict[str, Any]:
    return {
        "word": row.item, "A": f"{row.rate_a:.1f}", "B": f"{row.rate_b:.1f}", "log2 ratio": f"{row.log_ratio:+.2f}", "z": f"{row.z:+.1f}",
        "p": _chance(row.p), "q": _chance(row.q), "documents A": row.documents_a, "documents B": row.documents_b, "remark": row.reason,
    }  # fmt: skip


def _chance(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}" if value >= 0.001 else f"{value:.4f}"


def _show_plan(out: Path, settings: "Settings", sources: Sequence[Path], first: str, last: str) -> None:
    from pipeline.stages import plan
    from pipeline.store import Run

    _print_rows(plan(Run(out, settings), sources, first=first, last=last))


def _print_rows(rows: Sequence[dict[str, Any]], *, as_json: bool = False, right: Sequence[str] | set[str] = ()) -> None:
    """Rows as a table on a terminal, tab-separated in a pipe, or JSON."""
    if as_json:
        return typer.echo(json.dumps(list(rows), ensure_ascii=False, indent=1, default=str))
    if not rows:
        return typer.echo("nothing found", err=True)
    if not sys.stdout.isatty():
        for cells in [list(rows[0]), *(list(row.values()) for row in rows)]:
            typer.echo("\t".join("" if cell is None else str(cell).replace("\t", " ").replace("\n", " ") for cell in cells))
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in rows[0]:
        numeric = isinstance(rows[0][name], int | float)
        table.add_column(name, justify="right" if numeric or name in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row.values()))
    Console().print(table)


def _print_page(lines: Sequence[str]) -> None:
    """Lines of Markdown, set as such on a terminal and as they are in a pipe."""
    if not sys.stdout.isatty():
        return typer.echo("\n".join(lines))
    from rich.console import Console
    from rich.markdown import Markdown

    Console().print(Markdown("\n".join(lines)))


@contextmanager
def _progress(quiet: bool) -> Iterator["Progress"]:
    """A bar a stage with counts and time left, on a terminal only."""
    from pipeline.engine import quiet as silent

    if quiet or not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description:14}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        tasks: dict[str, Any] = {}

        def show(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(f"{ZH.get(stage, '')} {stage}", total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield show


def _log_to(out: Path, verbose: bool) -> None:
    """Log warnings and tracebacks to OUT/log.txt."""
    from pipeline.store import disk_errors

    with disk_errors(out):
        out.mkdir(parents=True, exist_ok=True)
        handler = logging.FileHandler(out / "log.txt", encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO if verbose else logging.WARNING, handlers=[handler], force=True)


if __name__ == "__main__":
    main()
