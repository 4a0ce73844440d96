"""Settings."""

from pathlib import Path

import pytest

from pipeline.config import Settings, change_settings, lexicon, read_settings
from pipeline.errors import SettingsError


def write(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8")
    return path


def test_everything_left_out_has_its_default() -> None:
    assert read_settings() == Settings()


def test_options_win_over_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "s.toml", "seed = 3\n[topics]\nk = 20\n")
    settings = read_settings(path, **{"topics.k": 7})
    assert (settings.seed, settings.topics.k) == (3, 7)


def test_all_problems_are_reported_at_once_with_line_and_choices(tmp_path: Path) -> None:
    path = write(tmp_path / "s.toml", 'perod = "year"\n\n[topics]\nk = 1\nmodle = "nmf"\n\n[trend]\nbootstraps = 3\n')
    with pytest.raises(SettingsError) as error:
        read_settings(path)
    problems = error.value.problems
    assert len(problems) == 4
    text = "\n".join(problems)
    assert "s.toml:1: no setting called 'perod'; there are seed, period" in text
    assert "s.toml:4: topics.k = 1" in text
    assert "s.toml:5: no setting called 'topics.modle'; there are model, k" in text
    assert "s.toml:7: no setting called 'trend'" in text


def test_files_beside_the_settings_file_are_found_from_anywhere(tmp_path: Path) -> None:
    write(tmp_path / "places.csv", "name,short,level,parent\n")
    settings = read_settings(write(tmp_path / "s.toml", '[ingest]\nplaces = "places.csv"\n'))
    assert lexicon(settings.ingest.places, "", ".csv") == tmp_path / "places.csv"


def test_a_missing_lexicon_is_named_with_the_choices() -> None:
    with pytest.raises(SettingsError, match=r"no file 'framwork' .* there are .*framework"):
        lexicon("framwork", "codebooks", ".yaml")


@pytest.mark.parametrize("text", ["seed = ", "seed = 1\nseed = 2\n"])
def test_a_broken_file_is_a_settings_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="not valid TOML"):
        read_settings(write(tmp_path / "s.toml", text))


def test_a_missing_file_is_a_settings_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no settings file"):
        read_settings(tmp_path / "none.toml")


def test_changed_settings_are_checked_too() -> None:
    assert change_settings(Settings(), **{"topics.model": "lda"}).topics.model == "lda"
    with pytest.raises(SettingsError, match=r"topics\.model"):
        change_settings(Settings(), **{"topics.model": "ldda"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("trends.bootstraps", 10**9), ("ingest.seconds_per_file", float("inf")), ("ingest.seconds_per_file", 1e18),
        ("ingest.seconds_per_page", float("nan")), ("ingest.memory_mb", 10**15), ("ingest.encoding", "base64"), ("ingest.encoding", "a\0"),
    ],
)  # fmt: skip
def test_what_no_machine_could_do_is_a_settings_error(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=name.split(".")[1]):
        read_settings(**{name: value})


def test_settings_in_a_folder_or_a_device_are_a_settings_error(tmp_path: Path) -> None:
    for path in (tmp_path, Path("/dev/zero")):
        if path.exists():
            with pytest.raises(SettingsError, match="is no file"):
                read_settings(path)
