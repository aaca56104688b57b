from pathlib import Path

import pytest

from directory.settings import described, load


def test_defaults_need_no_environment() -> None:
    settings = load({})
    assert settings.embedded_database
    assert settings.data_dir == Path(".data")


def test_environment_variables_are_read_in_their_types() -> None:
    settings = load({"DIRECTORY_POOL_SIZE": "12", "DIRECTORY_DEMO": "true", "DIRECTORY_DATA_DIR": "/x/y"})
    assert (settings.pool_size, settings.demo, settings.data_dir) == (12, True, Path("/x/y"))


@pytest.mark.parametrize(
    ("variable", "value"),
    [("DIRECTORY_POOL_SIZE", "many"), ("DIRECTORY_POOL_SIZE", "4"), ("DIRECTORY_DEMO", "perhaps")],
)
def test_a_bad_value_is_refused_by_the_name_of_its_variable(variable: str, value: str) -> None:
    with pytest.raises(ValueError, match=variable):
        load({variable: value})


def test_a_misspelt_variable_is_refused() -> None:
    with pytest.raises(ValueError, match="DIRECTORY_DATABSE_URL"):
        load({"DIRECTORY_DATABSE_URL": "postgresql://"})


def test_every_setting_is_described_in_the_operating_guide() -> None:
    guide = (Path(__file__).parents[1] / "docs" / "operate.md").read_text("utf-8")
    for variable, _, meaning in described():
        assert f"`{variable}`" in guide, variable
        assert meaning in guide, f"{variable}: the guide should say: {meaning}"
