// What the Worker answers by itself, from a room: everybody against each row of the last table of `docs/api.md`.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';

import { writeHighlight } from './lib/annotations.ts';
import { newClientToken, setGrant, tokenFor } from './lib/authority.ts';
import { StockClient } from './lib/clients.ts';
import { newCase, Stack } from './lib/stack.ts';
import type { Role } from './lib/tokens.ts';
import { until } from './lib/until.ts';

let stack: Stack;

before(async () => {
  // The Worker believes no name, as where it is deployed; the host gives sessions all the same.
  stack = await Stack.start({ developmentSignIn: null, hostVariables: { DEVELOPMENT_SIGN_IN: '1' } });
});
after(() => stack?.stop());

/** The rows: a path, and what is answered to whom. */
function table(): { path: string; answers: ReadonlyMap<string, number> }[] {
  const page = readFileSync(new URL('../docs/api.md', import.meta.url), 'utf8');
  const [, rows = ''] = page.split('What the Worker answers by itself');
  const cells = (line: string): string[] => line.split('|').slice(1, -1).map((cell) => cell.trim());
  const [head = [], , ...lines] = rows.split('\n').filter((line) => line.startsWith('|')).map(cells);
  return lines.map(([route = '', ...answers]) => ({
    path: /^`GET (\S+)`$/.exec(route)?.[1] ?? assert.fail(`${route} is no route`),
    answers: new Map(head.slice(1, -1).map((who, index) => [who, Number(answers[index])])),
  }));
}

/** A session, as a cookie, of somebody who is given everything on a case. */
async function ownersSession(caseId: string): Promise<string> {
  const ours = { origin: stack.edge.url, 'content-type': 'application/json' };
  const body = JSON.stringify({ name: 'Ada' });
  const answer = await fetch(`${stack.edge.url}/auth/development`, { method: 'POST', headers: ours, body });
  const [cookie = ''] = (answer.headers.getSetCookie()[0] ?? assert.fail(`no session: ${answer.status}`)).split(';');
  const me = (await (await fetch(`${stack.edge.url}/api/me`, { headers: { cookie } })).json()) as { user: string };
  await setGrant(stack, caseId, me.user, 'own', 'Ada');
  return cookie;
}

test('the Worker answers everybody about a room as the table says', async () => {
  const caseId = newCase();
  const token = await tokenFor(stack, caseId, 'olga', 'own');
  const writer = await StockClient.join(stack.edge.syncUrl, caseId, { user: 'olga', token, presence: { name: 'olga' } });
  writeHighlight(writer, { author_id: 'olga', start: 0, end: 3, quote: 'Law' });
  const cookie = await ownersSession(caseId);
  const roles: readonly Role[] = ['read', 'comment', 'annotate', 'own'];
  // Each by somebody else: a person is told once in a while.
  const ask = async (who: string, path: string): Promise<number> => {
    const role = roles.find((each) => each === who);
    const shown = role === undefined ? '' : `?token=${await tokenFor(stack, caseId, `${role}-${path.length}`, role)}`;
    const foreign = who === 'token for another' ? `?token=${await tokenFor(stack, newCase(), 'olga', 'own')}` : '';
    const headers: Record<string, string> = who === 'session' ? { cookie } : {};
    const answer = await fetch(`${stack.edge.url}${path.replace('{case}', caseId)}${shown}${foreign}`, { headers });
    await answer.arrayBuffer();
    return answer.status;
  };
  await until('what was written is stored', async () => {
    const { token: fresh } = await newClientToken(stack, caseId, 'olga', 'own');
    const answer = await fetch(`${stack.edge.url}/api/cases/${caseId}/authorship?token=${fresh}`);
    await answer.arrayBuffer();
    return answer.status === 200;
  }, { within: 20_000, every: 5_100 });

  const rows = table();
  assert.deepEqual(rows.map(({ path }) => path).toSorted(), ['/api/cases/{case}/authorship', '/api/cases/{case}/room']);
  for (const { path, answers } of rows) {
    assert.deepEqual([...answers.keys()], ['nobody', 'session', 'token for another', ...roles]);
    for (const [who, status] of answers) {
      assert.equal(await ask(who, path), status, `${who} asks for ${path}`);
    }
  }
  writer.leave();
});
