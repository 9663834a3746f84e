import pytest

from blog.env import Env, EnvError, optional, read, required

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


def test_a_function_asks_for_a_variable_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOBS_QUEUE_URL", " https://queue.example ")
    assert required("JOBS_QUEUE_URL", "the address of the jobs queue") == "https://queue.example"
    assert optional("JOBS_QUEUE_URL") == "https://queue.example"


@pytest.mark.parametrize("value", [None, "", " "])
def test_without_its_variable_a_function_says_what_it_needs(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    if value is None:
        monkeypatch.delenv("JOBS_QUEUE_URL", raising=False)
    else:
        monkeypatch.setenv("JOBS_QUEUE_URL", value)
    assert optional("JOBS_QUEUE_URL") is None
    with pytest.raises(EnvError, match=r"^JOBS_QUEUE_URL is not set: set it to the address of the jobs queue in"):
        required("JOBS_QUEUE_URL", "the address of the jobs queue")
