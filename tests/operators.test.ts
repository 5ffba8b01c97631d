// What an operator sees: numbers at /metrics, and logs that follow a request through every service and tell no secrets.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { RawPeer, StockClient } from './lib/clients.ts';
import { fingerprintOf } from './lib/documents.ts';
import { append, postgresHolds } from './lib/edits.ts';
import { metric } from './lib/metrics.ts';
import { newCase, promptArchive, Stack } from './lib/stack.ts';
import { until } from './lib/until.ts';

describe('an operator', () => {
  let stack: Stack;

  before(async () => {
    stack = await Stack.start({ variables: promptArchive });
  });

  after(async () => {
    await stack?.stop();
  });

  test('sees requests, archives, and what the Worker counted, at the host\'s /metrics', async () => {
    const caseId = newCase();
    const attacker = await RawPeer.open(stack.edge.syncUrl, caseId);
    attacker.send(Uint8Array.of(9, 9, 9));
    await attacker.closed();
    const ann = await StockClient.join(stack.edge.syncUrl, caseId);
    append(ann, 'counted');
    await postgresHolds(stack.database, caseId, fingerprintOf(ann.doc));
    // The lag of an archive is known, and reported, with the next one.
    append(ann, ' again');
    await postgresHolds(stack.database, caseId, fingerprintOf(ann.doc));

    const text = await (await fetch(`${stack.host.url}/metrics`)).text();
    assert.ok(metric(text, 'glossator_host_requests_total', 'method="PUT"', 'status="200"') >= 2, text);
    assert.ok(metric(text, 'glossator_host_request_seconds_count', 'method="PUT"') >= 2, text);
    assert.ok(metric(text, 'glossator_host_puts_total', 'outcome="created"') >= 1, text);
    assert.ok(metric(text, 'glossator_host_put_bytes_total') > 0, text);
    assert.ok(metric(text, 'glossator_host_pool_connections', 'state="open"') > 0, text);
    assert.ok(metric(text, 'glossator_edge_rooms_woken_total') >= 1, text);
    assert.equal(metric(text, 'glossator_edge_frames_refused_total', 'code="4400"'), 1, text);
    assert.ok(metric(text, 'glossator_edge_dirty_age_seconds_count') >= 1, text);
    assert.ok(metric(text, 'glossator_edge_archive_lag_seconds_count') >= 1, text);
    assert.ok(metric(text, 'glossator_edge_wasm_memory_bytes') > 1024 * 1024, text);
    assert.equal(metric(text, 'glossator_edge_faults_total'), 0, text);
    assert.equal(metric(text, 'glossator_edge_panics_total'), 0, text);
    ann.leave();
  });

  test('finds no content, names or keys in the logs', async () => {
    const caseId = newCase();
    const secrets = ['ratio decidendi of the century', 'Irnerius of Bologna', 'irnerius@example.org'];
    const [content, name, address] = secrets as [string, string, string];
    const ann = await StockClient.join(stack.edge.syncUrl, caseId, {
      user: name,
      presence: { user: { name, email: address } },
    });
    append(ann, content);
    ann.doc.getMap('highlights').set('h', { quote: content, author: name, author_id: ann.user });
    await postgresHolds(stack.database, caseId, fingerprintOf(ann.doc));
    stack.proxy.misbehave(() => ({ kind: 'answer', status: 500, body: content }));
    append(ann, content);
    await until('a failure is logged', () => stack.edge.output.includes(caseId));
    stack.proxy.heal();
    await postgresHolds(stack.database, caseId, fingerprintOf(ann.doc), 30_000);
    ann.leave();

    const logs = stack.edge.output + stack.host.child.output;
    assert.ok(stack.host.child.output.includes(caseId), 'the host logs which case it stored');
    const key = Buffer.from(stack.key.secret).toString('hex');
    for (const secret of [...secrets, encodeURIComponent(name), key]) {
      assert.ok(!logs.includes(secret), `the logs hold "${secret}"`);
    }
  });

  test('can follow a request from the edge to the host by its id', async () => {
    const caseId = newCase();
    const ann = await StockClient.join(stack.edge.syncUrl, caseId);
    append(ann, 'followed');
    await postgresHolds(stack.database, caseId, fingerprintOf(ann.doc));
    const [sent] = stack.proxy.answered('PUT', caseId).map((passage) => passage.requestId);
    assert.ok(sent !== undefined && sent.length > 0, 'the Worker sends no request id');
    const lines = stack.host.child.output.split('\n').filter((line) => line.includes(caseId));
    assert.ok(lines.some((line) => line.includes(`"request_id":"${sent}"`)), `${sent} is not in:\n${lines.join('\n')}`);
    ann.leave();
  });
});
