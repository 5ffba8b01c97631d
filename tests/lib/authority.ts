// Who may do what, as the host is told by the edge: grants, states of cases, tickets and client tokens.

import { askHost } from './signed.ts';
import type { Stack } from './stack.ts';
import type { Role } from './tokens.ts';
import { until } from './until.ts';

/** Gives somebody a role on a case, or takes it; `region` says where their class is. */
export async function setGrant(
  stack: Stack,
  caseId: string,
  user: string,
  role: Role | null,
  name = user,
  region?: string,
): Promise<void> {
  await told(stack, 200, 'POST', `/cases/${caseId}/grants`, { user, name, role, region });
}

/** Opens, locks or archives a case. */
export async function setState(stack: Stack, caseId: string, state: 'open' | 'locked' | 'archived'): Promise<void> {
  await told(stack, 200, 'POST', `/cases/${caseId}/state`, { state });
}

/** A client token for somebody who has at least this role. */
export async function newClientToken(
  stack: Stack,
  caseId: string,
  user: string,
  role: Role,
): Promise<{ id: string; token: string }> {
  const answer = await told(stack, 201, 'POST', `/cases/${caseId}/client-tokens`, { user, role });
  return { id: String(answer['id']), token: String(answer['token']) };
}

/** Revokes a client token. */
export async function revokeClientToken(stack: Stack, caseId: string, id: string): Promise<void> {
  await told(stack, 200, 'DELETE', `/cases/${caseId}/client-tokens/${id}`);
}

/** A ticket for whatever somebody may do, for pages of this origin. */
export async function newTicket(stack: Stack, caseId: string, user: string, origin = stack.edge.url): Promise<string> {
  const answer = await told(stack, 201, 'POST', `/cases/${caseId}/tickets`, { user, origin });
  return String(answer['ticket']);
}

/** Gives somebody a role, and a client token for all of it. */
export async function tokenFor(stack: Stack, caseId: string, user: string, role: Role): Promise<string> {
  await setGrant(stack, caseId, user, role);
  return (await newClientToken(stack, caseId, user, role)).token;
}

/** Waits until the room was told what was last changed. */
export async function orderArrived(stack: Stack, caseId: string): Promise<void> {
  const left = 'SELECT count(*) FROM outbox WHERE case_id = $1';
  await until('the order has arrived', async () => {
    const [row] = await stack.database.query<{ count: string }>(left, [caseId]);
    return Number(row?.count) === 0;
  }, { within: 30_000 });
}

async function told(
  stack: Stack,
  status: number,
  method: 'POST' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<Record<string, unknown>> {
  const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const answer = await askHost(stack.host.url, stack.key, method, path, bytes === undefined ? {} : { body: bytes });
  const text = Buffer.from(answer.body).toString('utf8');
  if (answer.status !== status) {
    throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  }
  return JSON.parse(text) as Record<string, unknown>;
}
