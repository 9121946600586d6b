-- The bare five statements of a step: begin, load and lock, change, one event, commit.
\set n random(1, 640)
\set u random(1, 1000000000000)
BEGIN;
SELECT state, version FROM bench_steps WHERE n = :n FOR UPDATE;
UPDATE bench_steps SET version = version + 1 WHERE n = :n;
INSERT INTO bench_outbox (id, body) VALUES (:u, '{"type": "documents.step.completed.v1", "document": "documents/1", "step": "sign"}');
COMMIT;
