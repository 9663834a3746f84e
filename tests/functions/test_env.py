import pytest

from blog.env import Env, EnvError, read

VARIABLES = {
    "TABLE_NAME": "blog-dev",
    "POWERTOOLS_SERVICE_NAME": "blog",
    "POWERTOOLS_METRICS_NAMESPACE": "blog-dev",
    "POWERTOOLS_LOG_LEVEL": "INFO",
}


def test_reads_what_the_infrastructure_sets() -> None:
    env = read({**VARIABLES, "LOG_LEVEL": "ERROR"})
    assert env == Env(table_name="blog-dev", service="blog", namespace="blog-dev", log_level="INFO")


@pytest.mark.parametrize("value", [None, "", " "])
@pytest.mark.parametrize("name", VARIABLES)
def test_names_the_variable_that_is_missing_or_empty(name: str, value: str | None) -> None:
    others = {key: kept for key, kept in VARIABLES.items() if key != name}
    with pytest.raises(EnvError, match=rf"^{name} is not set: set it to .+ in the function's environment$"):
        read(others if value is None else {**others, name: value})


def test_names_the_log_levels_that_there_are() -> None:
    with pytest.raises(EnvError) as error:
        read({**VARIABLES, "POWERTOOLS_LOG_LEVEL": "LOUD"})
    assert str(error.value) == (
        "POWERTOOLS_LOG_LEVEL is 'LOUD': set it to one of DEBUG, INFO, WARNING, ERROR, CRITICAL"
    )
