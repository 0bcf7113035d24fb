"""A ground, opened: moto for AWS, the demo servers on loopback, every request on one wire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from moto import mock_aws
from starlette.applications import Starlette

from countersign.connectors.aws.client import _session
from infra.local import offline_model
from tests.fakes.serving import served
from tests.guarantees.ground import Ground
from tests.guarantees.wire import Line
from tests.guarantees.wire_ends import HttpWire, on_the_wire, waiting_costs_nothing


@contextmanager
def ground(folder: Path, seed: int) -> Iterator[Ground]:
    """A ground, open. It needs made-up credentials."""
    made = Ground(folder, seed)
    model = Starlette(routes=offline_model.routes("model-key"))
    front = HttpWire(made.line, {"crm": made.crm, "payments": made.payments, "v1": model})
    with (
        mock_aws(),
        served(front, lifespan="off") as made.url,
        waiting_costs_nothing(made.clock.pauses),
        _every_client_on(made.line),
    ):
        made.opens()
        yield made
    made.crm.state.store.close()
    made.payments.state.store.close()


@contextmanager
def _every_client_on(line: Line) -> Iterator[None]:
    """Whatever AWS client our code makes from now on, its requests pass on `line`."""
    _session.cache_clear()
    session = _session()
    made: dict[str, Any] = {}
    real = session.client

    def client(service: str, **named: Any) -> Any:
        if service not in made:
            made[service] = on_the_wire(real(service, **named), line)  # type: ignore[call-overload] # any service
        return made[service]

    session.client = client  # type: ignore[method-assign, assignment] # botocore's, not ours
    try:
        yield
    finally:
        _session.cache_clear()
