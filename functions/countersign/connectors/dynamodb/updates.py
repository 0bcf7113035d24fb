"""One update of one row as it is put together, on what the row is to be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

Item = dict[str, Any]


class Update:
    """In conditions attributes stand in braces, whatever is in their names."""

    def __init__(self, conditions: Sequence[str] = ()) -> None:
        self._conditions = list(conditions)
        self._sets: list[str] = []
        self._removes: list[str] = []
        self._values: Item = {}

    def sets(self, name: str, value: Item) -> None:
        """The attribute becomes this."""
        self._sets.append(f"{{{name}}} = {self.value(value)}")

    def sets_sum(self, name: str, of: str, number: int) -> None:
        """It becomes what another one was, and so much more."""
        self._sets.append(f"{{{name}}} = {{{of}}} + {self.value({'N': str(number)})}")

    def adds(self, name: str, number: int) -> None:
        """It grows; one that nobody wrote is at zero."""
        zero, more = self.value({"N": "0"}), self.value({"N": str(number)})
        self._sets.append(f"{{{name}}} = if_not_exists({{{name}}}, {zero}) + {more}")

    def removes(self, name: str) -> None:
        """It goes."""
        self._removes.append(f"{{{name}}}")

    def needs(self, condition: str) -> None:
        """A condition of one's own."""
        self._conditions.append(condition)

    def needs_at_most(self, name: str, room: int) -> None:
        """A counter that nobody wrote is at zero."""
        none = f"attribute_not_exists({{{name}}}) OR " if room >= 0 else ""
        self._conditions.append(f"({none}{{{name}}} <= {self.value({'N': str(room)})})")

    def needs_equal(self, name: str, number: int) -> None:
        """As above."""
        none = f"attribute_not_exists({{{name}}}) OR " if number == 0 else ""
        self._conditions.append(f"({none}{{{name}}} = {self.value({'N': str(number)})})")

    def value(self, value: Item) -> str:
        """The place of a value."""
        place = f":v{len(self._values)}"
        self._values[place] = value
        return place

    def expressions(self) -> Any:
        """As DynamoDB takes it: names and values by place."""
        parts = ["SET " + ", ".join(self._sets)] if self._sets else []
        parts += ["REMOVE " + ", ".join(self._removes)] if self._removes else []
        update, condition = " ".join(parts), " AND ".join(self._conditions)
        names = sorted(set(re.findall(r"{([^}]+)}", f"{update} {condition}")))
        places = {name: f"#n{number}" for number, name in enumerate(names)}

        def placed(text: str) -> str:
            return re.sub(r"{([^}]+)}", lambda found: places[found[1]], text)

        return {
            "UpdateExpression": placed(update),
            "ConditionExpression": placed(condition),
            "ExpressionAttributeNames": {place: name for name, place in places.items()},
            "ExpressionAttributeValues": self._values,
        }
