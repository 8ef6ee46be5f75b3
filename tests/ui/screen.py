"""What a test reads on a page, and buttons that it presses."""

from __future__ import annotations

import json
from typing import Any

from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest


def texts(test: AppTest) -> str:
    """All plain text on the page."""
    kinds = (test.title, test.header, test.subheader, test.markdown, test.caption, test.text, test.info, test.warning)
    return "\n".join(str(element.value) for elements in kinds for element in elements)


def tables(test: AppTest) -> list[list[str]]:
    """The columns of each table on the page."""
    return [list(element.value.columns) for element in test.dataframe]


def press(test: AppTest, label: str) -> None:
    """Presses the first button with this label."""
    next(button for button in test.button if button.label == label).click()
    test.run()


def typed(test: AppTest, key: str, text: str) -> None:
    """Types into a search box."""
    send(test, key, typed={"text": text, "serial": content(test, key)["serial"]})


def entered(test: AppTest, key: str, text: str) -> None:
    """Types into a search box and presses Enter before the server has answered."""
    send(test, key, event={"event": "entered", "value": {"text": text}})


def chosen(test: AppTest, key: str, value: str) -> None:
    """Takes an option of a search box."""
    send(test, key, event={"event": "chosen", "value": {"value": value, "text": ""}})


def content(test: AppTest, key: str) -> dict[str, Any]:
    """What a search box shows in the browser."""
    proto = _box(test, key).proto
    shown: dict[str, Any] = json.loads(proto.json or proto.mixed.json)
    return shown


def offered(test: AppTest, key: str) -> list[str]:
    """The labels of a search box's options."""
    return [option["label"] for option in content(test, key)["options"] or ()]


def _box(test: AppTest, key: str) -> Any:
    return next(one for one in test.get("bidi_component") if one.proto.id.endswith(f"-{key}"))


def send(test: AppTest, key: str, typed: dict[str, Any] | None = None, event: dict[str, Any] | None = None) -> None:
    """Sends what the browser would: a state, or a trigger."""
    ident = _box(test, key).proto.id
    states = test._tree.get_widget_states()
    if typed is not None:
        states.widgets.append(WidgetState(id=ident, json_value=json.dumps({"typed": typed})))
    if event is not None:
        trigger = _make_trigger_id(ident, "events")
        states.widgets.append(WidgetState(id=trigger, json_trigger_value=json.dumps([event])))
    test._run(states)
