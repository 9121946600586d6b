"""Every rule sees the breach that it is there for, and lets the right way pass."""

import pytest

from tests.lint.rules.source import Source
from tests.lint.test_code import RULES, RULES_OVER_ALL

DOMAIN = "services/documents/domain/document.py"
COMMANDS = "services/documents/commands.py"
STORE = "services/documents/store.py"
WORKER = "services/documents/worker.py"
HANDLERS = "services/documents/handlers.py"
METRICS = "services/documents/metrics.py"
MIGRATION = "services/documents/migrations/versions/2026_11_21_1030_more.py"
DEMO = "services/platform/demo/people.py"
CLOCK = "services/kit/clock.py"

HEADER = "from prometheus_client import Counter, Histogram\n"
REFUSAL = "class Late(Refused):\n    reason = {reason}\n    text = {text}\n"

BREACHES = [
    ("patched_libraries_stay_in_workers", COMMANDS, "from nameko.events import event_handler"),
    ("patched_libraries_stay_in_workers", "tests/unit/test_x.py", "import eventlet"),
    ("a_worker_is_patched_first", WORKER, "import os\nimport eventlet\neventlet.monkey_patch()"),
    ("a_worker_is_patched_first", WORKER, "import eventlet\neventlet.monkey_patch(thread=False)"),
    ("a_worker_is_patched_first", WORKER, '"""Nothing."""'),
    ("no_grpc_in_workers", WORKER, "from xiaoneng.directory.v1 import roster_service_pb2_grpc"),
    ("no_grpc_in_workers", HANDLERS, "from services.kit.rpc.channel import connect"),
    ("no_grpc_in_workers", "services/documents/loops.py", "import grpc"),
    ("domain_is_pure", DOMAIN, "from sqlalchemy import select"),
    ("domain_is_pure", DOMAIN, "from services.kit import clock"),
    ("domain_is_pure", DOMAIN, "from services.directory.domain import unit"),
    ("domain_is_pure", DOMAIN, "from xiaoneng.documents.v1 import document_service_pb2"),
    ("time_comes_from_the_clock", COMMANDS, "datetime.now(UTC)"),
    ("time_comes_from_the_clock", COMMANDS, "at = datetime.datetime.utcnow()"),
    ("time_comes_from_the_clock", DOMAIN, "date.today()"),
    ("time_comes_from_the_clock", DOMAIN, "field(default_factory=time.time)"),
    ("ids_and_chance_come_from_the_kit", COMMANDS, "from uuid import uuid4"),
    ("ids_and_chance_come_from_the_kit", COMMANDS, "import uuid\nuuid.uuid4()"),
    ("ids_and_chance_come_from_the_kit", DOMAIN, "import random"),
    ("ids_and_chance_come_from_the_kit", DEMO, "import random\nrandom.choice(people)"),
    ("ids_and_chance_come_from_the_kit", DEMO, "import random\nrandom.Random()"),
    ("the_environment_is_read_by_settings", COMMANDS, "os.environ['HOME']"),
    ("the_environment_is_read_by_settings", COMMANDS, "from os import getenv"),
    ("sql_stands_in_store_and_queries", COMMANDS, "from sqlalchemy import select"),
    ("sql_stands_in_store_and_queries", COMMANDS, "tx.all('SELECT id FROM documents')"),
    ("sql_stands_in_store_and_queries", COMMANDS, "tx.do(f'UPDATE documents SET a = {a}')"),
    ("transactions_end_in_the_kit", STORE, "self.session.commit()"),
    ("transactions_end_in_the_kit", STORE, "session.flush()"),
    ("logs_are_events_with_fields", COMMANDS, "log.info(f'document {id} closed')"),
    ("logs_are_events_with_fields", COMMANDS, "log.warning('document %s closed' % id)"),
    ("logs_are_events_with_fields", COMMANDS, "self._log.error('Document was closed')"),
    ("no_clause_in_the_code", COMMANDS, "# ganzhou/3.1 demands this"),
    ("no_clause_in_the_code", DOMAIN, "CLAUSE = 'hebei-doc/13.4'"),
    ("no_tenant_in_the_code", COMMANDS, "if tenant == 'ganzhou': pass"),
    ("no_tenant_in_the_code", DOMAIN, "# 宜春市 wants it otherwise"),
    ("no_text_of_a_regulation_in_the_code", DOMAIN, "text = '拟办意见须具体、详实，并明确承办单位'"),
    ("no_text_of_a_regulation_in_the_code", DOMAIN, "text = f'{who}：只有紧急文件才能先转承办（牵头）单位办理。'"),
    ("no_span_of_time_in_a_domain", DOMAIN, "due = at + timedelta(hours=6)"),
    ("no_span_of_time_in_a_domain", DOMAIN, "due = at + timedelta(2)"),
    ("no_span_of_time_in_a_domain", DOMAIN, "READING_DAYS = 3"),
    ("no_span_of_time_in_a_domain", DOMAIN, "class A:\n    days: int = 3"),
    ("no_span_of_time_in_a_domain", DOMAIN, "def due(at, working_days=5): ..."),
    ("no_span_of_time_in_a_domain", DOMAIN, "def due(at, *, working_days=5): ..."),
    ("no_span_of_time_in_a_domain", DOMAIN, "late = self.days > 3"),
    ("no_span_of_time_in_a_domain", DOMAIN, "spent = seconds / 3600"),
    ("metrics_keep_the_conventions", METRICS, HEADER + "A = Counter('documents_total', 'Documents.', ['tenant'])"),
    ("metrics_keep_the_conventions", METRICS, HEADER + "A = Counter('xiaoneng_documents', 'Documents.', ['tenant'])"),
    ("metrics_keep_the_conventions", METRICS, HEADER + "A = Counter('xiaoneng_documents_total', 'Documents.', ['person'])"),
    ("metrics_keep_the_conventions", METRICS, HEADER + "A = Counter('xiaoneng_documents_total', '')"),
    ("metrics_keep_the_conventions", METRICS, HEADER + "A = Histogram('xiaoneng_wait_hours', 'Waiting.', ['tenant'])"),
    ("metrics_keep_the_conventions", METRICS, HEADER + "A = Histogram(name, 'Waiting.', ['tenant'])"),
    ("a_refusal_says_why", DOMAIN, REFUSAL.format(reason="'too late'", text="'太晚了'")),
    ("a_refusal_says_why", DOMAIN, REFUSAL.format(reason="'TOO_LATE'", text="'too late'")),
    ("a_refusal_says_why", DOMAIN, "class Late(Refused):\n    '''Too late.'''"),
    ("event_types_are_in_the_catalogue", COMMANDS, "tx.emit(Event(type='documents.document.vanished.v1'))"),
    ("migrations_respect_the_timeouts", MIGRATION, "op.execute('SET lock_timeout = 0')"),
    *(
        ("migrations_let_the_running_release_work", MIGRATION, f"def upgrade() -> None:\n    {line}")
        for line in (
            "op.drop_table('todos')",
            "op.drop_column('todos', 'label')",
            "op.rename_table('todos', 'items')",
            "op.alter_column('todos', 'label', new_column_name='title')",
            "op.alter_column('todos', 'label', type_=sa.Integer())",
            "op.alter_column('todos', 'label', nullable=False)",
            "op.alter_column('todos', 'label', server_default=None)",
            "op.add_column('todos', sa.Column('place', sa.Text(), nullable=False))",
            "op.add_column('todos', place)",
            "op.create_unique_constraint('uq_todos_label', 'todos', ['label'])",
            "op.create_index('ux_todos_label', 'todos', ['label'], unique=True)",
            "op.drop_constraint('ck_todos_label', 'todos')",
            "op.execute('ALTER TABLE todos DROP COLUMN label')",
            "op.execute('ALTER TABLE todos ALTER COLUMN label SET NOT NULL')",
        )
    ),
    ("migrations_let_the_running_release_work", MIGRATION, "UNUSED_SINCE = '99.0.0'\ndef upgrade() -> None:\n    op.drop_table('todos')"),
    ("migrations_let_the_running_release_work", MIGRATION, "UNUSED_SINCE = 'long'\ndef upgrade() -> None:\n    op.drop_table('todos')"),
]

RIGHT = [
    ("patched_libraries_stay_in_workers", WORKER, "import eventlet"),
    (
        "a_worker_is_patched_first",
        WORKER,
        '"""A worker."""\nfrom __future__ import annotations\nimport eventlet\n\neventlet.monkey_patch()\nimport os',
    ),
    ("no_grpc_in_workers", "services/documents/api.py", "from xiaoneng.documents.v1 import document_service_pb2_grpc"),
    ("no_grpc_in_workers", HANDLERS, "from xiaoneng.directory.v1 import events_pb2"),
    (
        "domain_is_pure",
        DOMAIN,
        "import enum\nfrom services.kit import worktime\nfrom services.documents.domain import step",
    ),
    ("domain_is_pure", STORE, "from sqlalchemy import select"),
    ("time_comes_from_the_clock", CLOCK, "datetime.now(UTC)"),
    ("time_comes_from_the_clock", COMMANDS, "at = tx.now\nself.clock.now()"),
    ("ids_and_chance_come_from_the_kit", COMMANDS, "from services.kit import ids\nids.new()"),
    ("ids_and_chance_come_from_the_kit", DEMO, "import random\nrandom.Random(seed).choice(people)"),
    ("the_environment_is_read_by_settings", "services/kit/settings.py", "os.environ['HOME']"),
    ("sql_stands_in_store_and_queries", STORE, "from sqlalchemy import select"),
    ("sql_stands_in_store_and_queries", COMMANDS, "from sqlalchemy import Row"),
    ("sql_stands_in_store_and_queries", "services/documents/queries/ledger.py", "from sqlalchemy import select"),
    ("sql_stands_in_store_and_queries", COMMANDS, "def update():\n    '''UPDATE documents SET nothing.'''"),
    ("transactions_end_in_the_kit", COMMANDS, "tx.flush()"),
    ("logs_are_events_with_fields", COMMANDS, "log.info('document_closed', subject=subject)"),
    ("no_tenant_in_the_code", COMMANDS, "tenant = tx.tenant"),
    ("no_clause_in_the_code", COMMANDS, "finding.citation.clause"),
    ("no_text_of_a_regulation_in_the_code", DOMAIN, "text = '环节“{step}”尚未到达'"),
    ("no_span_of_time_in_a_domain", DOMAIN, "due = at + timedelta(hours=limit.hours)\nDAYS = ()\nfirst = items[3]\nif days > 0: pass"),
    ("no_span_of_time_in_a_domain", STORE, "KEPT_DAYS = 30"),
    ("metrics_keep_the_conventions", METRICS, HEADER + "A = Counter('xiaoneng_documents_total', 'Documents.', ['tenant'])"),
    ("metrics_keep_the_conventions", COMMANDS, "from collections import Counter\nCounter(words)"),
    ("a_refusal_says_why", DOMAIN, REFUSAL.format(reason="'TOO_LATE'", text="'{step}已过期'")),
    ("a_refusal_says_why", DOMAIN, "class NotYours(Missing):\n    '''Not the caller's.'''"),
    ("event_types_are_in_the_catalogue", COMMANDS, "'documents.deadline.breached.v1'"),
    (
        "migrations_respect_the_timeouts",
        MIGRATION,
        '"""More; the statement_timeout is off because the table is large."""\nop.execute("SET statement_timeout = 0")',
    ),
    *(
        ("migrations_let_the_running_release_work", MIGRATION, f"{head}def upgrade() -> None:\n    {line}")
        for head, line in (
            ("", "op.add_column('todos', sa.Column('place', sa.Text()))"),
            ("", "op.add_column('todos', sa.Column('place', sa.Text(), server_default='', nullable=False))"),
            ("", "op.create_index('ix_todos_label', 'todos', ['label'])\n    op.drop_index('ix_todos_old', table_name='todos')"),
            ("", "op.create_table('seals', sa.Column('id', sa.Text()))\n    op.create_index('ux_seals', 'seals', ['id'], unique=True)"),
            ("", "op.execute('UPDATE todos SET place = 1')"),
            ("UNUSED_SINCE = '0.0.9'\n", "op.drop_column('todos', 'label')"),
            ("down_revision = None\n", "op.execute('ALTER TABLE todos ALTER COLUMN label SET NOT NULL')"),
        )
    ),
]


@pytest.mark.parametrize(("rule", "path", "text"), BREACHES)
def test_a_breach_is_seen(rule, path, text):
    assert list(RULES[rule](Source(path, text)))


@pytest.mark.parametrize(("rule", "path", "text"), RIGHT)
def test_the_right_way_passes(rule, path, text):
    assert list(RULES[rule](Source(path, text))) == []


def test_every_rule_has_a_breach_and_a_right_way():
    assert {rule for rule, *_ in BREACHES} == {rule for rule, *_ in RIGHT} == set(RULES)


def migration(revision: str, before: str | None) -> Source:
    return Source(f"services/documents/migrations/versions/{revision}.py", f"revision = {revision!r}\ndown_revision = {before!r}")


def test_two_heads_are_seen():
    told = list(RULES_OVER_ALL["migrations_have_one_head"]([migration("a", None), migration("b", "a"), migration("c", "a")]))
    assert [remark.path[-4:] for remark in told] == ["b.py", "c.py"]


def test_a_migration_that_follows_nothing_is_seen():
    told = list(RULES_OVER_ALL["migrations_have_one_head"]([migration("a", None), migration("c", "b")]))
    assert [remark.what for remark in told] == ["follows b, which is not there"]


def test_one_line_of_migrations_passes():
    assert not list(RULES_OVER_ALL["migrations_have_one_head"]([migration("a", None), migration("b", "a"), migration("c", "b")]))


def test_a_reason_that_two_classes_give_is_seen():
    twice = [Source(path, REFUSAL.format(reason="'TOO_LATE'", text="'太晚'")) for path in (DOMAIN, COMMANDS)]
    assert len(list(RULES_OVER_ALL["reasons_are_unique"](twice))) == 1


def test_two_services_may_give_the_same_reason():
    paths = (DOMAIN, DOMAIN.replace("documents", "meetings"))
    apart = [Source(path, REFUSAL.format(reason="'TOO_LATE'", text="'太晚'")) for path in paths]
    assert not list(RULES_OVER_ALL["reasons_are_unique"](apart))
