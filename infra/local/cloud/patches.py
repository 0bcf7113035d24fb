"""Where the emulator is slower, laxer or stricter than AWS: one row for each correction."""

from infra.local.cloud.patches_keep import KEEP
from infra.local.cloud.patches_mail import MAIL
from infra.local.cloud.patches_model import MODEL
from infra.local.cloud.patching import Patch

RUNTIME = "ministack.core.lambda_runtime"
STATES = "ministack.services.stepfunctions"
RIGHTS = "ministack.core.iam_actions"
HTTP_API = "ministack.services.apigateway"
STACKS = "ministack.services.cloudformation.provisioners"

SPEED = (
    Patch(
        name="tcp-nodelay",
        reason="without it every invocation waits 40 ms for a delayed acknowledgement",
        module=RUNTIME,
        target="ProvidedWorker._build_handler_class",
        old='protocol_version = "HTTP/1.1"\n',
        new='protocol_version = "HTTP/1.1"\n        disable_nagle_algorithm = True\n',
    ),
    Patch(
        name="idle-process",
        reason="a process that waits for its next call looks ten times a second whether it may",
        module=RUNTIME,
        target="ProvidedWorker._build_handler_class",
        old="timeout=0.1)",
        new="timeout=5)",
    ),
    Patch(
        name="idle-server",
        reason="the server of each process looks ten times a second whether it is to end",
        module=RUNTIME,
        target="ProvidedWorker._spawn",
        old="""\
    class _QuietThreadingServer(socketserver.ThreadingTCPServer):
""",
        new="""\
    class _QuietThreadingServer(socketserver.ThreadingTCPServer):
        def serve_forever(self, poll_interval):
            while True:
                try:
                    accepted = self.get_request()
                except OSError:  # shut down
                    return
                self.process_request(*accepted)

        def shutdown(self):
            self.socket.shutdown(2)

""",
    ),
    Patch(
        name="quiet-handler",
        reason="a handler that logs nothing costs 50 ms, yet what is logged precedes the answer",
        module=RUNTIME,
        target="Worker._drain_stderr_bounded",
        old="first_line_wait: float = 0.050",
        new="first_line_wait: float = 0.004",
    ),
    Patch(
        name="parsed-once",
        reason="an expression is parsed and checked anew for each item that a query looks at",
        module="ministack.services.dynamodb",
        target="_evaluate_condition",
        old="""\
        tokens = _tokenize(expr)
        err = _check_redundant_parens(tokens, slot)
        if err:
            raise ValueError(err)
        err = _check_reserved_keyword_usage(tokens) or _condition_syntax_error(expr, slot)
        if err:
            raise ValueError(err)
""",
        new="""\
        parsed = globals().setdefault("_parsed", {})
        tokens = parsed.get((expr, slot))
        if tokens is None:
            tokens = _tokenize(expr)
            err = (
                _check_redundant_parens(tokens, slot)
                or _check_reserved_keyword_usage(tokens)
                or _condition_syntax_error(expr, slot)
            )
            if err:
                raise ValueError(err)
            parsed[expr, slot] = tokens
""",
    ),
    Patch(
        name="no-further-than-asked",
        reason="a query for 50 rows looks at every row of its partition before it counts to 50",
        module="ministack.services.dynamodb",
        target="_query",
        old="""\
        try:
            candidates = [it for it in candidates if _evaluate_condition(key_cond, it, eav, ean, \
slot="KeyConditionExpression")]
        except ValueError as exc:
            return error_response_json("ValidationException", str(exc), 400)

    if esk:
        candidates = _apply_exclusive_start_key(
            candidates, esk, pk_name, range_names if multi_key else sk_name, scan_forward, \
table=table)
""",
        new="""\
        def fits(it):
            return _evaluate_condition(key_cond, it, eav, ean, slot="KeyConditionExpression")

        try:
            any(map(fits, candidates[:1]))
        except ValueError as exc:
            return error_response_json("ValidationException", str(exc), 400)

    if esk:
        candidates = _apply_exclusive_start_key(
            candidates, esk, pk_name, range_names if multi_key else sk_name, scan_forward, \
table=table)
    if key_cond and not key_conditions:
        candidates = filter(fits, candidates)
""",
    ),
    Patch(
        name="execution-start",
        reason="a fixed sleep of 150 ms stands before each execution",
        module=STATES,
        target="_run_execution",
        old="    time.sleep(0.15)\n",
        new="",
    ),
    Patch(
        name="workers",
        reason="a burst of executions shares four processes of a function, it does not start more",
        module=STATES,
        target="_call_lambda",
        old="    result = lambda_svc._execute_function_with_config_scope(exec_record, event)\n",
        new="""\
    gates = globals().setdefault("_gates", {})
    with gates.setdefault(func_name, threading.Semaphore(4)):
        result = lambda_svc._execute_function_with_config_scope(exec_record, event)
""",
    ),
)

EXECUTIONS = (
    Patch(
        name="start-idempotent",
        reason="StartExecution with the name and input of a running execution succeeds on AWS",
        module=STATES,
        target="_start_execution",
        old="    if exec_arn in _executions:\n",
        new="""\
    known = _executions.get(exec_arn, {})
    if known.get("status") == "RUNNING" and known["input"] == data.get("input", "{}"):
        return json_response({"executionArn": exec_arn, "startDate": known["startDate"]})
    if exec_arn in _executions:
""",
    ),
    Patch(
        name="aborted-stays",
        reason="a stopped execution whose task then fails stays ABORTED",
        module=STATES,
        target="_fail_execution",
        old='    execution["status"] = "FAILED"\n',
        new="""\
    if execution["status"] != "RUNNING":
        return
    execution["status"] = "FAILED"
""",
    ),
    Patch(
        name="retry-delay",
        reason="MaxDelaySeconds and full jitter shape the wait before a retry",
        module=STATES,
        target="_execute_task",
        old="_scaled_sleep(min(sleep_sec, 60))",
        new="""\
jitter = retrier.get("JitterStrategy") == "FULL"
                longest = min(sleep_sec, retrier.get("MaxDelaySeconds", sleep_sec))
                _scaled_sleep(longest * (__import__("random").random() if jitter else 1))""",
    ),
)

CALLBACKS = (
    Patch(
        name="callback-error",
        reason="a callback task whose function raises fails with that error, it does not hang",
        module=STATES,
        target="_invoke_with_callback",
        old="        except _ExecutionError:\n            pass\n",
        new="""\
        except _ExecutionError:
            if not evt.is_set():
                _task_tokens.pop(token, None)
                raise
""",
    ),
    Patch(
        name="callback-token",
        reason="each attempt has its own token, and the token says whose it is (see token-rights)",
        module=STATES,
        target="_execute_task",
        old='        ctx["State"]["RetryCount"] = sum(retry_counts.values())\n',
        new="""\
        ctx["State"]["RetryCount"] = sum(retry_counts.values())
        if is_callback:
            owner = f"{new_uuid()} {execution['executionArn']}"
            ctx["Task"] = {"Token": base64.urlsafe_b64encode(owner.encode()).decode()}
""",
    ),
    Patch(
        name="token-rights",
        reason="the resource of SendTaskSuccess and its like is the token's state machine",
        module=RIGHTS,
        target="extract_resource_arn",
        old='        arn = _safe_json_field(body, "activityArn")\n',
        new="""\
        token = _safe_json_field(body, "taskToken")
        if token:
            try:
                execution = base64.urlsafe_b64decode(token).decode().rpartition(" ")[2]
                return execution.replace(":execution:", ":stateMachine:").rpartition(":")[0]
            except ValueError:
                return "*"
        arn = _safe_json_field(body, "activityArn")
""",
    ),
    *(
        Patch(
            name=f"closed-token{function}",
            reason="a token whose task or execution has ended is answered with TaskTimedOut",
            module=STATES,
            target=function,
            old="""\
    if not info:
        return error_response_json(
            "TaskDoesNotExist", "Task token not found", 400)
""",
            new="""\
    owner = base64.urlsafe_b64decode(token).decode("utf-8", "replace") if info else ""
    run = _executions.get(owner.rpartition(" ")[2], {})
    if not info or run.get("status", "RUNNING") != "RUNNING":
        return error_response_json(
            "TaskTimedOut", "The task is closed or its token has expired", 400)
""",
        )
        for function in ("_send_task_success", "_send_task_failure", "_send_task_heartbeat")
    ),
)

HTTP = (
    Patch(
        name="options-routes",
        reason="an API without CORS settings sends OPTIONS to its routes like any other method",
        module=HTTP_API,
        target="_handle_execute_in_scope",
        old='    if method == "OPTIONS":\n',
        new='    if method == "OPTIONS" and cors_cfg:\n',
    ),
    Patch(
        name="cookies",
        reason="events of payload format 2.0 have cookies as a list and not as a header",
        module=HTTP_API,
        target="_invoke_lambda_proxy",
        old='        "headers": dict(headers),\n',
        new="""\
        "headers": {name: value for name, value in headers.items() if name != "cookie"},
        **({"cookies": headers["cookie"].split("; ")} if headers.get("cookie") else {}),
""",
    ),
)

SERVICES = (
    Patch(
        name="killed-process",
        reason="a process that ends while it serves is Runtime.ExitError, which machines try again",
        module="ministack.services.lambda_svc",
        target="_execute_function_provided_warm",
        old='or "Runtime.Unknown"\n',
        new='or "Runtime.ExitError"\n',
    ),
    Patch(
        name="leading-keys",
        reason="dynamodb:LeadingKeys are the partition keys that a request touches",
        module=RIGHTS,
        target="dynamodb_service_context",
        old="    context = {}\n    if attributes:\n",
        new="""\
    from infra.local.cloud.leading_keys import hash_key_of, leading_keys
    from ministack.services.dynamodb import _tables
    context = {}
    keys = leading_keys(data, hash_key_of(_tables.get))
    if keys:
        context["dynamodb:LeadingKeys"] = keys if len(keys) > 1 else keys[0]
    if attributes:
""",
    ),
    Patch(
        name="leading-keys-of-items",
        reason="each item of a transaction is judged by its own partition key",
        module="ministack.app",
        target="_dispatch_service_request",
        old="""\
                for item_action, item_arn in transaction_checks:
                    denied = enforce(
                        access_key, item_action, service, region,
                        resource_arn=item_arn, service_context=item_context,
                    )
""",
        new="""\
                from infra.local.cloud.leading_keys import hash_key_of, item_keys
                from ministack.services.dynamodb import _tables
                own = item_keys(body, hash_key_of(_tables.get))
                for (item_action, item_arn), keys in zip(transaction_checks, own, strict=True):
                    denied = enforce(
                        access_key, item_action, service, region,
                        resource_arn=item_arn, service_context={**item_context, **keys},
                    )
""",
    ),
    Patch(
        name="alarm-names",
        reason="DescribeAlarms is allowed on the alarms that it names",
        module=RIGHTS,
        target="extract_resource_arn",
        old='        name = _param(body, query_params, "AlarmName")\n',
        new="""\
        names = json.loads(body).get("AlarmNames") if body.startswith(b"{") else None
        name = names[0] if names else _param(body, query_params, "AlarmName")
""",
    ),
    Patch(
        name="object-version",
        reason="the event of an object in a versioned bucket names the object's version",
        module="ministack.services.s3",
        target="_fire_s3_event",
        old='"sequencer": sequencer or "0"},',
        new='"sequencer": sequencer or "0",\n'
        '                               **({"version-id": version_id} if version_id else {})},',
    ),
    Patch(
        name="range-of-a-version",
        reason="of a named version a range of bytes is read too, without the whole's checksum",
        module="ministack.services.s3",
        target="_get_object",
        old="""\
                return 200, resp_headers, body
        return _error("NoSuchVersion\"""",
        new="""\
                if headers.get("range"):
                    rng = _parse_range(headers["range"], len(body))
                    if rng is None:
                        told = {"Content-Type": "application/xml"}
                        return 416, told, _xml_body(_range_error_xml(bucket_name, key))
                    start, end = rng
                    for name in [one for one in resp_headers if "checksum" in one.lower()]:
                        del resp_headers[name]
                    resp_headers["Content-Length"] = str(end + 1 - start)
                    resp_headers["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
                    return 206, resp_headers, body[start : end + 1]
                return 200, resp_headers, body
        return _error("NoSuchVersion\"""",
    ),
    Patch(
        name="secret-alphabet",
        reason="a stack's generated secret obeys every Exclude and Require property",
        module=STACKS,
        target="_sm_secret_string",
        old='generated = "".join(random.choices(chars, k=length))',
        new='generated = json.loads(_sm._get_random_password(gen)[2])["RandomPassword"]',
    ),
)

PATCHES = (*SPEED, *EXECUTIONS, *CALLBACKS, *HTTP, *SERVICES, *MAIL, *MODEL, *KEEP)
