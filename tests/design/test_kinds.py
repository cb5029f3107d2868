from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scalegame.design.kinds import Parameter, choice, named, number, spread, whole
from scalegame.design.model import Setting
from scalegame.errors import ScalegameError
from scalegame.units import Dimension
from tests.design.fakes import KINDS, SIZES, made
from tests.design.test_distributions import distributions

NAMES = {"sizes": SIZES}


@given(
    st.sampled_from([d for d in Dimension if d is not Dimension.RATIO]).flatmap(
        lambda d: st.tuples(st.just(number("x", "", dimension=d)), st.floats(0, 1e12))
    )
    | st.tuples(st.just(number("x", "", dimension=Dimension.RATIO, high=1.0)), st.floats(0, 1))
    | st.tuples(st.just(whole("x", "", high=10**9)), st.integers(1, 10**9))
    | st.tuples(st.just(number("x", "", optional=True)), st.none())
    | st.tuples(st.just(choice("x", "", ("one", "two"))), st.sampled_from(["one", "two"]))
    | st.tuples(st.just(named("x", "", "sizes")), st.sampled_from(list(SIZES)))
    | st.tuples(st.just(spread("x", "")), distributions)
)
def test_what_is_written_on_one_line_is_read_back(given: tuple[Parameter, Setting]) -> None:
    parameter, value = given
    written = parameter.write(value)
    assert "\n" not in written
    assert "=" not in written
    again = parameter.read(written, NAMES)
    assert again == value
    assert type(again) is type(value)
    assert parameter.show(value)


parameters = st.sampled_from(
    [
        number("x", "", dimension=Dimension.TIME),
        whole("x", "", low=2, high=9),
        choice("x", "", ("one", "two")),
        named("x", "", "sizes"),
        named("x", "", "weather"),
        spread("x", "", optional=True),
    ]
)
texts = st.text(max_size=30) | st.text("{}[]:, exponential12ms", max_size=40)


@given(parameters, texts | st.none() | st.booleans() | st.floats() | st.integers() | st.lists(texts, max_size=2))
def test_any_value_is_read_or_refused_in_one_line(parameter: Parameter, data: Any) -> None:
    try:
        value = parameter.read(data, NAMES)
    except ScalegameError as error:
        assert "\n" not in error.message
    else:
        assert parameter.read(parameter.write(value), NAMES) == value


@pytest.mark.parametrize(
    ("parameter", "data", "says"),
    [
        (whole("threads", "", low=1, high=200), "0", "threads must be between 1 and 200, not 0"),
        (whole("threads", ""), "2.5", "threads must be a whole number, not 2.5"),
        (number("ttl", "", dimension=Dimension.TIME), "30", '"30 s"'),
        (choice("policy", "", ("random", "round-robin")), "randon", 'did you mean "random"?'),
        (named("size", "", "sizes"), "medum", 'did you mean "medium"?'),
        (spread("work", ""), "{exponental: 3 ms}", 'did you mean "exponential"?'),
    ],
)
def test_refusals_say_what_to_write(parameter: Parameter, data: object, says: str) -> None:
    with pytest.raises(ScalegameError) as caught:
        parameter.read(data, NAMES)
    assert says in caught.value.message


def test_settings_hold_every_default_and_refuse_what_is_unknown_or_missing() -> None:
    service = KINDS["service"]
    names: dict[str, Mapping[str, object]] = {"sizes": SIZES, "programs": {"booking": 0}}
    settings = service.settings({"runs": "booking", "size": "small"}, names)
    assert settings == {"runs": "booking", "size": "small", "replicas": 1, "threads": 50, "price": 0.0}
    with pytest.raises(ScalegameError, match="service needs 'runs'"):
        service.settings({"size": "small"}, names)
    with pytest.raises(ScalegameError, match=r"did you mean .threads.\?"):
        service.settings({"thread": "3"}, names)


def test_the_price_of_a_card_is_its_machines() -> None:
    web = made("service", "web", runs="booking", size="medium", replicas="3", price="$0.05/h")
    assert KINDS["service"].price(web, SIZES) == pytest.approx(3 * 0.35)
