"""The limits of routes before the local functions, as the template has them."""

from __future__ import annotations

from typing import Any

from infra.local.cloud.throttling import STAGE, RouteThrottles

LIMITS = {"ThrottlingRateLimit": 20, "ThrottlingBurstLimit": 40}
TEMPLATE: dict[str, Any] = {
    "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {}},
    "Stage": {"Type": STAGE, "Properties": {"RouteSettings": {"GET /stop/{token}": LIMITS}}},
}


def test_a_route_lets_its_burst_through_and_then_its_rate() -> None:
    """Whoever asks; a route without a limit, another method and a longer path have all of it."""
    moment = [0.0]
    throttles = RouteThrottles(TEMPLATE, lambda: moment[0])

    def taken(seconds: int, a_second: int = 100) -> int:
        count = 0
        for _ in range(seconds * a_second):
            count += throttles.takes("GET", "/stop/one")
            assert throttles.takes("POST", "/stop/one")
            assert throttles.takes("GET", "/stop/one/more")
            moment[0] += 1 / a_second
        return count

    assert taken(1) == 40 + 19
    assert 199 <= taken(10) <= 201
    moment[0] += 3_600
    assert taken(1) == 40 + 19


def test_a_stage_without_limits_has_none() -> None:
    """Also a template without an API."""
    for resources in ({}, {"Stage": {"Type": STAGE, "Properties": {}}}):
        assert all(RouteThrottles(resources).takes("GET", "/stop/one") for _ in range(500))
