"""The only public entrance: an HTTP API with throttling and an access log without paths."""

import json

from aws_cdk import CfnOutput, Stack, aws_lambda
from aws_cdk import aws_apigatewayv2 as apigateway
from aws_cdk import aws_apigatewayv2_integrations as integrations
from aws_cdk import aws_certificatemanager as acm
from constructs import Construct

from infra.settings import Settings
from infra.stack.logs import log_group

# The route key has placeholders only: a path would log the secret of an approval link.
LOGGED = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "routeKey": "$context.routeKey",
    "status": "$context.status",
    "responseLength": "$context.responseLength",
    "latency": "$context.responseLatency",
    "integrationError": "$context.integrationErrorMessage",
}


class Api(Construct):
    """The public HTTP API; `url` is its address without a slash at the end."""

    def __init__(self, scope: Construct, name: str, settings: Settings) -> None:
        super().__init__(scope, name)
        self._limits: dict[str, dict[str, int]] = {}
        self.http = apigateway.HttpApi(
            self,
            "Http",
            api_name=settings.stack_name,
            create_default_stage=False,
            disable_execute_api_endpoint=True if settings.public_domain else None,
        )
        own = settings.public_domain
        self.url = f"https://{own}" if own else self.http.api_endpoint
        log = log_group(self, "Log", f"/aws/vendedlogs/apis/{settings.stack_name}", settings)
        self._stage = apigateway.CfnStage(
            self,
            "Stage",
            api_id=self.http.api_id,
            stage_name="$default",
            auto_deploy=True,
            access_log_settings=apigateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=log.log_group_arn, format=json.dumps(LOGGED)
            ),
            default_route_settings=apigateway.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=settings.requests_per_second,
                throttling_burst_limit=2 * settings.requests_per_second,
            ),
        )

        if settings.public_domain:
            self._named(settings, self._stage)

    def _named(self, settings: Settings, stage: apigateway.CfnStage) -> None:
        """The API under a domain of ours; where that domain has to lead is an output."""
        named = apigateway.DomainName(
            self,
            "Domain",
            domain_name=settings.public_domain,
            certificate=acm.Certificate.from_certificate_arn(
                self, "Certificate", settings.certificate_arn
            ),
        )
        mapping = apigateway.CfnApiMapping(
            self,
            "Mapping",
            api_id=self.http.api_id,
            domain_name=named.name,
            stage=stage.stage_name,
        )
        mapping.add_dependency(stage)
        CfnOutput(
            Stack.of(self),
            "DnsPublic",
            value=f"{settings.public_domain} CNAME {named.regional_domain_name}",
        )

    def serve(self, path: str, function: aws_lambda.Function, *methods: str, most: int = 0) -> None:
        """Let `function` answer `methods` of `path`; each at most `most` times a second, where that
        is another limit than that of all routes."""
        routes = self.http.add_routes(
            path=path,
            methods=[apigateway.HttpMethod(method) for method in methods],
            integration=integrations.HttpLambdaIntegration(function.node.id, function),
        )
        if most:
            own = {"ThrottlingRateLimit": most, "ThrottlingBurstLimit": 2 * most}
            self._limits |= {f"{method} {path}": own for method in methods}
            self._stage.route_settings = self._limits
            # AWS refuses the limit of a route that is not there yet.
            self._stage.node.add_dependency(*routes)
