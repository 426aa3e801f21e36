"""What a run tells `manage.py` in another terminal."""

from operations import running


def test_a_command_beside_a_run_finds_its_servers(tmp_path):
    running.publish(tmp_path, {"DATABASE_URL": "postgres://a@b/c?d=e", "SECRET_KEY": "s=1", "HOME": "/root"})
    environment = {"SECRET_KEY": "mine", "DATA_DIR": str(tmp_path)}

    running.adopt(environment)

    assert environment == {"DATABASE_URL": "postgres://a@b/c?d=e", "SECRET_KEY": "mine", "DATA_DIR": str(tmp_path)}


def test_a_command_that_was_told_of_a_database_keeps_to_it(tmp_path):
    running.publish(tmp_path, {"DATABASE_URL": "postgres://run", "REDIS_URL": "redis://run"})
    environment = {"DATABASE_URL": "postgres://mine", "DATA_DIR": str(tmp_path)}

    running.adopt(environment)

    assert "REDIS_URL" not in environment
    assert environment["DATABASE_URL"] == "postgres://mine"


def test_after_the_end_of_the_run_there_is_nothing_to_find(tmp_path):
    running.publish(tmp_path, {"DATABASE_URL": "postgres://run"})
    running.withdraw(tmp_path)
    environment = {"DATA_DIR": str(tmp_path)}

    running.adopt(environment)

    assert environment == {"DATA_DIR": str(tmp_path)}
