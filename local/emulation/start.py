"""The emulator's process: ministack, completed. Its interpreter runs this file; nothing imports it."""

import os
import runpy
import sys
from importlib import import_module
from pathlib import Path

# Last, so that nothing of the program's takes the place of what the emulator imports.
sys.path.append(str(Path(__file__).resolve().parents[2]))

from local.emulation import caches, corrections, decisions, failures, meter, queues, rotations, segments, versions

evaluator = import_module("ministack.core.iam_evaluator")
corrections.count_as_encrypted(evaluator)
corrections.show_tags(evaluator, import_module("ministack.services.secretsmanager"))
corrections.show_aliases(evaluator, import_module("ministack.services.kms"))
corrections.show_distributions_tags(
    import_module("ministack.services.tagging"), import_module("ministack.services.cloudfront")
)
corrections.leave_records(
    *map(import_module, ("ministack.services.dynamodb", "ministack.core.arn", "ministack.core.responses"))
)
corrections.name_batches_as_their_parts(import_module("ministack.core.iam_actions"))
corrections.name_what_calls_are_about(import_module("ministack.core.iam_actions"))
corrections.name_users(import_module("ministack.core.iam_actions"))
rotations.begin_without_a_version(import_module("ministack.services.secretsmanager"))
rotations.rotate(*map(import_module, ("ministack.services.secretsmanager", "ministack.services.lambda_svc")))
failures.keep_those_of_aliases(import_module("ministack.services.lambda_svc"))
versions.answer_in_part(import_module("ministack.services.s3"))
queues.one_at_a_time_and_no_further_than_needed(import_module("ministack.services.sqs"))
segments.send_together(*map(import_module, ("hypercorn.protocol.h11", "h11", "hypercorn.events")))
caches.serve(import_module("ministack.services.elasticache"), Path(os.environ["STATE_DIR"]).with_name("valkey"))
counts = meter.Meter(Path(os.environ["STATE_DIR"]).with_name("meter.json"))
meter.count_functions(counts, import_module("ministack.services.lambda_svc"))
meter.count_tables(counts, import_module("ministack.services.dynamodb"))
meter.count_buckets(counts, import_module("ministack.services.s3"))
meter.count_queues(counts, import_module("ministack.services.sqs"))
meter.count_calls(counts, *map(import_module, ("ministack.services.sns", "ministack.services.secretsmanager")))
meter.count_apis(counts, *map(import_module, ("ministack.services.apigateway", "ministack.services.apigateway_v1")))
decisions.record(evaluator, Path(os.environ["STATE_DIR"]).with_name("decisions.jsonl"))
runpy.run_module("ministack", run_name="__main__")
