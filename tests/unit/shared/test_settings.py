"""Where a setting comes from, and how a wrong one is named."""

import pytest

from shared.errors import SettingsError
from shared.settings import Settings, known_keys, load_settings


@pytest.fixture
def load(tmp_path):
    """Load from a TOML text, an environment and flags, each of them none by default."""

    def act(toml=None, environment=None, flags=None):
        path = None
        if toml is not None:
            path = tmp_path / "newswatch.toml"
            path.write_text(toml, encoding="utf-8")
        # A place without a settings file, wherever the tests are started.
        elsewhere = {"NEWSWATCH_CONFIG": str(path)} if path else {}
        return load_settings(flags, environment={**(environment or {}), **elsewhere}, file=path)

    return act


@pytest.fixture(autouse=True)
def _folder_without_settings(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


TOML = "[work]\nbatch = 2\n"
ENVIRONMENT = {"NEWSWATCH_WORK_BATCH": "3"}
FLAGS = {"work.batch": 4}


@pytest.mark.parametrize(
    ("toml", "environment", "flags", "batch", "origin"),
    [
        pytest.param(None, None, None, 20, None, id="default"),
        pytest.param(TOML, None, None, 2, "file", id="file"),
        pytest.param(TOML, ENVIRONMENT, None, 3, "NEWSWATCH_WORK_BATCH", id="environment"),
        pytest.param(TOML, ENVIRONMENT, FLAGS, 4, "flag", id="flag"),
        pytest.param(TOML, None, {"work.batch": None}, 2, "file", id="flag not given"),
        pytest.param(None, ENVIRONMENT, FLAGS, 4, "flag", id="flag over environment"),
    ],
)
def test_the_nearest_source_wins_and_is_named(load, toml, environment, flags, batch, origin):
    settings, origins = load(toml, environment, flags)
    assert settings.work.batch == batch
    found = origins.get("work.batch")
    assert found == origin or (origin == "file" and found.startswith("file "))


def test_sources_are_merged_key_by_key(load):
    settings, _ = load("[work]\nbatch = 2\nmax_attempts = 9\n", ENVIRONMENT)
    assert (settings.work.batch, settings.work.max_attempts) == (3, 9)


@pytest.mark.parametrize(
    ("toml", "environment", "words"),
    [
        pytest.param(
            "[inbox]\nquiet_second = 2\n",
            {},
            r"newswatch\.toml: there is no setting inbox\.quiet_second; "
            r"did you mean inbox\.quiet_seconds \(NEWSWATCH_INBOX_QUIET_SECONDS\)\?",
            id="key in the file",
        ),
        pytest.param(
            "[inbx]\ndir = 'x'\n",
            {},
            r"inbx\.dir; did you mean inbox\.dir",
            id="section in the file",
        ),
        pytest.param("[inbx]\n", {}, "there is no setting inbx", id="empty section in the file"),
        pytest.param("[inbox.deep]\nx = 1\n", {}, r"inbox\.deep", id="a table too deep"),
        pytest.param("batch = 2\n", {}, r"'batch' must stand in a \[section\]", id="no section"),
        pytest.param("[work\n", {}, r"newswatch\.toml: ", id="not TOML"),
        pytest.param(
            None,
            {"NEWSWATCH_WORK_BACH": "2"},
            r"NEWSWATCH_WORK_BACH: there is no setting work\.bach; did you mean work\.batch",
            id="variable",
        ),
        pytest.param(None, {"NEWSWATCH_DATABSE_URL_FILE": "/x"}, r"databse\.url", id="secret"),
        pytest.param(None, {"NEWSWATCH_": "2"}, "there is no setting", id="nothing but the prefix"),
    ],
)
def test_an_unknown_name_is_refused_with_its_origin_and_the_nearest_one(
    load, toml, environment, words
):
    with pytest.raises(SettingsError, match=words) as error:
        load(toml, environment)
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    ("toml", "environment", "words"),
    [
        pytest.param(
            "[work]\nbatch = 'many'\n",
            {},
            r"setting work\.batch \(file .*newswatch\.toml\)",
            id="file",
        ),
        pytest.param(
            None,
            {"NEWSWATCH_WORK_BATCH": "many"},
            r"work\.batch \(NEWSWATCH_WORK_BATCH\): 'many' cannot be used; expected a whole number",
            id="variable",
        ),
        pytest.param(None, {"NEWSWATCH_WORK_BATCH": "21"}, "number from 1 to 20", id="too much"),
        pytest.param(None, {"NEWSWATCH_INBOX_TAKE": "copy"}, "'move' or 'leave'", id="no choice"),
        pytest.param("[inbox]\nquiet_seconds = inf\n", {}, "inf cannot be used", id="for ever"),
        pytest.param("[inbox]\nquiet_seconds = -1\n", {}, "a number of at least 0", id="below"),
        pytest.param("[work]\nlease_seconds = 0\n", {}, "a number above 0", id="nothing"),
        pytest.param(
            "[data]\ndir = 3\n", {}, "3 cannot be used; expected a path as text", id="path"
        ),
        pytest.param("[console]\nallowed_hosts = 'a'\n", {}, "expected a list of texts", id="list"),
        pytest.param("[console]\ntrust_network = 'so'\n", {}, "expected true or false", id="flag"),
        pytest.param("[database]\nurl = 3\n", {}, r"toml\): expected a text", id="secret"),
        pytest.param("[work]\nlease_seconds = nan\n", {}, r"work\.lease_seconds", id="nan"),
    ],
)
def test_a_wrong_value_names_the_setting_and_where_it_came_from(load, toml, environment, words):
    with pytest.raises(SettingsError, match=words):
        load(toml, environment)


def test_every_wrong_key_of_a_file_is_named_with_its_wrong_values(load):
    with pytest.raises(SettingsError) as error:
        load("loose = 1\n[inbx]\n[work]\nbach = 1\nbatch = 21\n[inbox]\ndri = 'x'\n")

    lines = str(error.value).splitlines()
    assert [any(name in line for line in lines) for name in ("loose", "inbx", "work.bach")] == [
        True
    ] * 3
    assert "inbox.dri; did you mean inbox.dir" in lines[-2]
    assert "setting work.batch" in lines[-1]
    assert len(lines) == 5


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        pytest.param(
            "[data]\ndir = news\n",
            r'line 2, column 7: there is no value .*; texts stand in quotes: key = "…"',
            id="no quotes",
        ),
        pytest.param('[data]\ndir = "news\n', 'line 2, column 12: .*; write a " at its', id="open"),
        pytest.param("[data\n", r"line 1, column 6: .*; write \[name\]", id="table"),
        pytest.param("[data]\ndir\n", "line 2, column 4: a key without '='", id="no value"),
    ],
)
def test_what_is_no_toml_is_told_in_our_words_with_its_place(load, toml, said):
    with pytest.raises(SettingsError, match=said):
        load(toml)


def test_every_wrong_value_is_named_at_once(load):
    with pytest.raises(SettingsError) as error:
        load(None, {"NEWSWATCH_WORK_BATCH": "x", "NEWSWATCH_CONSOLE_PORT": "y"})
    assert len(str(error.value).splitlines()) == 2


def test_a_secret_is_read_from_the_file_named_by_its_variable(load, tmp_path):
    (tmp_path / "secret").write_text("redis://:hunter2@redis:6379\n", encoding="utf-8")
    settings, origins = load(None, {"NEWSWATCH_REDIS_URL_FILE": str(tmp_path / "secret")})
    assert settings.redis_url == "redis://:hunter2@redis:6379"
    assert origins["redis.url"] == "NEWSWATCH_REDIS_URL_FILE"


def test_a_list_may_come_from_a_file_too(load, tmp_path):
    (tmp_path / "networks").write_text("10.0.0.0/8, relay.lan\n", encoding="utf-8")
    settings, _ = load(None, {"NEWSWATCH_NOTIFY_ALLOWED_NETWORKS_FILE": str(tmp_path / "networks")})
    assert settings.notify.allowed_networks == ["10.0.0.0/8", "relay.lan"]


def test_a_secret_file_that_is_not_there_is_named(load):
    with pytest.raises(SettingsError, match=r"NEWSWATCH_REDIS_URL_FILE: cannot read /no/where"):
        load(None, {"NEWSWATCH_REDIS_URL_FILE": "/no/where"})


def test_a_variable_and_its_file_together_are_refused(load, tmp_path):
    (tmp_path / "secret").write_text("redis://a", encoding="utf-8")
    both = {
        "NEWSWATCH_REDIS_URL": "redis://b",
        "NEWSWATCH_REDIS_URL_FILE": str(tmp_path / "secret"),
    }
    with pytest.raises(SettingsError, match="NEWSWATCH_REDIS_URL_FILE are both set"):
        load(None, both)


def test_secrets_do_not_show_when_settings_are_printed_or_wrong(load):
    secret = "postgresql://u:hunter2@db/news"
    settings, _ = load(None, {"NEWSWATCH_DATABASE_URL": secret, "NEWSWATCH_REDIS_URL": secret})
    assert "hunter2" not in f"{settings!r} {settings} {settings.model_dump()} "
    assert "hunter2" not in settings.model_dump_json()
    with pytest.raises(SettingsError) as error:
        load("[database]\nurl = ['hunter2']\n")
    assert "hunter2" not in str(error.value)


def test_a_settings_file_that_was_asked_for_must_exist(tmp_path):
    missing = tmp_path / "missing.toml"
    with pytest.raises(SettingsError, match="does not exist"):
        load_settings(file=missing, environment={})
    with pytest.raises(SettingsError, match="does not exist"):
        load_settings(environment={"NEWSWATCH_CONFIG": str(missing)})
    settings, origins = load_settings(environment={})
    assert (settings, origins) == (Settings(), {})


def test_variables_of_the_tests_and_of_others_are_no_settings(load):
    settings, _ = load(None, {"NEWSWATCH_REQUIRE_SERVICES": "1", "PATH": "/bin", "NEWS": "1"})
    assert settings == Settings()


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgresql://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgres://u@h/d", "postgresql+psycopg://u@h/d"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg://u@h/d"),
        ("sqlite:////x.db", "sqlite:////x.db"),
    ],
)
def test_a_database_address_gets_the_driver_that_is_installed(given, used):
    assert Settings.model_validate({"database": {"url": given}}).database_url == used


def test_without_an_address_the_database_lies_in_the_data_folder(tmp_path):
    settings = Settings.model_validate({"data": {"dir": tmp_path}})
    assert settings.database_url == f"sqlite:///{tmp_path}/newswatch.db"
    assert settings.archive_dir == tmp_path / "archive"
    assert settings.redis_url is None


def test_every_setting_says_what_it_is_for():
    assert all(known_keys().values())
