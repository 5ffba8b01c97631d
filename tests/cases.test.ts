// People bring cases: what they bring is made harmless, kept once, served for ever, and never lost sight of in silence.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';

import { Edge } from './lib/edge.ts';
import { freePort } from './lib/ports.ts';
import { newCase, Stack } from './lib/stack.ts';

const forEver = 'public, max-age=31536000, immutable';
const bodyBytesMax = 4 * 1024 * 1024;

type Head = { id: string; title: string; kind: string; paragraphs: number; text: string; sample: boolean; created_at?: string };
type Listed = { cases: Head[]; incomplete?: true };
type Text = {
  format: number;
  title: string;
  kind: string;
  text: string;
  blocks: { kind: string; start: number; end: number; number?: string; marker?: string }[];
  marks: { kind: string; start: number; end: number; to?: string }[];
};

describe('cases', { concurrency: 1 }, () => {
  let stack: Stack;

  before(async () => {
    stack = await Stack.start();
  });

  after(async () => {
    await stack?.stop();
  });

  test('the samples are listed first, found by id, and their texts are kept for ever', async () => {
    const { cases } = await list(stack.edge);
    const samples = cases.filter((head) => head.sample);
    assert.deepEqual(samples, cases.slice(0, samples.length));
    assert.deepEqual(samples.map((head) => head.kind), ['judgment', 'conversation']);
    for (const head of samples) {
      const found = await fetch(`${stack.edge.url}/api/cases/${head.id}`);
      assert.deepEqual([found.status, await found.json()], [200, head]);
      const text = await textOf(stack.edge, head);
      assert.equal(text.title, head.title);
      assert.equal(text.blocks.filter((block) => block.kind === 'paragraph').length, head.paragraphs);
    }
  });

  const brought: { format: string; content: string; kind: string; blocks: string[]; marks: string[] }[] = [
    {
      format: 'text',
      content: 'The facts\r\n\r\n[4] It rained. 🌊\r\n[5] See [4].\r\n\r\n(a) once;',
      kind: 'text',
      blocks: ['heading: The facts', 'paragraph 4: It rained. 🌊', 'paragraph 5: See [4].', 'item (a): once;'],
      marks: ['reference p4: [4]'],
    },
    {
      format: 'markdown',
      content: '# Facts\n\nIt *rained*.[^1]\n\n> So\n\n[^1]: **Twice**.',
      kind: 'text',
      blocks: ['part: Facts', 'paragraph 1: It rained.1', 'quotation: So', 'note 1: Twice.'],
      marks: ['emphasis: rained', 'noteref n1: 1', 'strong: Twice'],
    },
    {
      format: 'html',
      content: '<h2>Facts</h2><p>It <em>rained</em>.<ol type=a><li>once</ol><pre>a\n  b</pre>',
      kind: 'text',
      blocks: ['heading: Facts', 'paragraph 1: It rained.', 'item a.: once', 'code: a\n  b'],
      marks: ['emphasis: rained'],
    },
    {
      format: 'conversation',
      content: 'You said:\nDid it rain?\n\nChatGPT said:\n**Yes.**',
      kind: 'conversation',
      blocks: ['speaker: User', 'paragraph 1: Did it rain?', 'speaker: ChatGPT', 'paragraph 2: Yes.'],
      marks: ['strong: Yes.'],
    },
  ];

  for (const { format, content, kind, blocks, marks } of brought) {
    test(`a case is made of ${format}, and read back by list, id and hash`, async () => {
      const title = `A v B ${newCase()}`;
      const { status, answer } = await create(stack.edge, { title, format, content });
      assert.equal(status, 201, JSON.stringify(answer));
      const head = answer as Head;
      assert.deepEqual(
        { title: head.title, kind: head.kind, sample: head.sample, paragraphs: head.paragraphs },
        { title, kind, sample: false, paragraphs: blocks.filter((block) => block.startsWith('paragraph')).length },
      );
      const { cases } = await list(stack.edge);
      assert.deepEqual(cases.find((listed) => !listed.sample), head, 'the newest one comes first');
      const found = await fetch(`${stack.edge.url}/api/cases/${head.id}`);
      assert.equal(found.headers.get('cache-control'), 'no-store');
      assert.deepEqual(await found.json(), head);

      const text = await textOf(stack.edge, head);
      assert.deepEqual([text.format, text.title, text.kind], [1, title, kind]);
      assert.deepEqual(shown(text, text.blocks), blocks);
      assert.deepEqual(shown(text, text.marks), marks);
    });
  }

  test('nothing of hostile HTML is left but what can be read', async () => {
    const content = [
      '<script>alert(1)</script><p onclick="alert(1)" style="background:url(//evil.example)">One',
      '<img src=x onerror=alert(1) alt="a seal"><iframe src="//evil.example"></iframe>',
      '<form action="//evil.example"><input value=secret><button>Send</button></form>',
      '<p><a href="javascript:alert(1)">Two</a>&#x202E;&#7;\u0000\u202E\uD83C</p>',
      '<svg><script>alert(1)</script></svg><math><mtext><style><img src=x onerror=alert(1)></style>',
      '<p>&lt;script&gt;alert(2)&lt;/script&gt;</p>',
    ].join('');
    const { status, answer } = await create(stack.edge, { title: 'Hostile\u202E', format: 'html', content });
    assert.equal(status, 201, JSON.stringify(answer));
    const text = await textOf(stack.edge, answer as Head);
    assert.equal(text.title, 'Hostile');
    assert.deepEqual(shown(text, text.blocks), [
      'paragraph 1: One [a seal]',
      'paragraph 2: Two',
      'paragraph 3: <script>alert(2)</script>',
    ]);
    assert.deepEqual(text.marks, []);
  });

  test('what cannot become a case is refused in words, and nothing is kept', async () => {
    const before = (await list(stack.edge)).cases.length;
    for (const [body, status, words] of [
      [{ title: 'T', format: 'html', content: '<script>1</script>' }, 400, /nothing to read is left/],
      [{ title: ' ', format: 'text', content: 'a' }, 400, /the title is empty/],
      [{ title: 'x'.repeat(201), format: 'text', content: 'a' }, 400, /at most 200/],
      [{ title: 'T', format: 'docx', content: 'a' }, 400, /the format is unknown/],
      [{ title: 'T', format: 'conversation', content: 'a' }, 400, /no turns were found/],
      [{ title: 'T', format: 'text' }, 400, /strings `title`, `format` and `content`/],
      [{ title: 'T', format: 'text', content: 'x\n\n'.repeat(50_001) }, 413, /more than 50000 paragraphs/],
    ] as const) {
      const refused = await create(stack.edge, body);
      assert.equal(refused.status, status);
      assert.match((refused.answer as { error: string }).error, words);
    }
    assert.equal((await list(stack.edge)).cases.length, before);
  });

  test('a body that is too large is refused, whether or not it says so before', async () => {
    const asked = stack.proxy.passages.length;
    const body = Buffer.alloc(bodyBytesMax + 1, 'a');
    const declared = await post(stack.edge, { body });
    const parts = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(body);
        controller.close();
      },
    });
    const streamed = await post(stack.edge, { body: parts, duplex: 'half' });
    for (const response of [declared, streamed]) {
      assert.equal(response.status, 413);
      assert.match(((await response.json()) as { error: string }).error, /larger than 4194304 bytes/);
    }
    assert.equal(stack.proxy.passages.length, asked, 'the host never heard of it');
  });

  test('only our own pages make cases: other origins, none, and other types of content are refused', async () => {
    const asked = stack.proxy.passages.length;
    const body = JSON.stringify({ title: 'T', format: 'text', content: 'a' });
    const json = { 'content-type': 'application/json' };
    const ours = { origin: stack.edge.url };
    for (const [headers, status] of [
      [{ ...json }, 403],
      [{ ...json, origin: 'null' }, 403],
      [{ ...json, origin: 'http://evil.example' }, 403],
      [{ ...json, origin: `${stack.edge.url}.evil.example` }, 403],
      [{ ...ours }, 415],
      [{ ...ours, 'content-type': 'text/plain' }, 415],
      [{ ...ours, 'content-type': 'multipart/form-data; boundary=x' }, 415],
    ] as const) {
      const response = await fetch(`${stack.edge.url}/api/cases`, { method: 'POST', headers, body });
      assert.equal(response.status, status, JSON.stringify(headers));
      assert.equal(typeof ((await response.json()) as { error: unknown }).error, 'string');
    }
    const foreign = await fetch(`${stack.edge.url}/api/cases`, { headers: { origin: 'http://evil.example' } });
    assert.equal(foreign.status, 403);
    const put = await fetch(`${stack.edge.url}/api/cases`, { method: 'PUT', headers: ours, body });
    assert.equal(put.status, 405);
    assert.equal(stack.proxy.passages.length, asked);
  });

  test('what is not there is absent, and its absence is not kept', async () => {
    const unknown = createHash('sha256').update(newCase()).digest('hex');
    for (const path of [`/api/cases/${newCase()}`, `/texts/${unknown}.json`]) {
      const response = await fetch(`${stack.edge.url}${path}`);
      assert.equal(response.status, 404, path);
      assert.equal(response.headers.get('cache-control'), 'no-store');
      assert.match(((await response.json()) as { error: string }).error, /there is no such/);
    }
    for (const path of ['/texts/abc.json', `/texts/${unknown}`, `/texts/${unknown.toUpperCase()}.json`]) {
      assert.equal((await fetch(`${stack.edge.url}${path}`)).status, 404, path);
    }
    // What names no case is the host's to answer, which tells nothing to whoever has not signed in.
    assert.equal((await fetch(`${stack.edge.url}/api/cases/a%20b`)).status, 401);
  });

  test('while the host is away the samples are listed as not all there is, and nothing else is called absent', async () => {
    const { answer } = await create(stack.edge, { title: 'Kept', format: 'text', content: newCase() });
    const head = answer as Head;
    await stack.host.kill();
    const { cases, incomplete } = await list(stack.edge);
    assert.equal(incomplete, true);
    assert.ok(cases.length > 0 && cases.every((listed) => listed.sample));
    const [sample] = cases;
    assert.equal((await fetch(`${stack.edge.url}/api/cases/${sample?.id}`)).status, 200);
    const away = [
      await fetch(`${stack.edge.url}/api/cases/${head.id}`),
      await fetch(`${stack.edge.url}/texts/${head.text}.json`),
      await post(stack.edge, { body: JSON.stringify({ title: 'T', format: 'text', content: 'a' }) }),
    ];
    for (const response of away) {
      assert.equal(response.status, 503);
      assert.equal(response.headers.get('cache-control'), 'no-store');
      assert.match(((await response.json()) as { error: string }).error, /try again/);
    }
    await stack.host.start();
    assert.equal((await list(stack.edge)).incomplete, undefined);
    await textOf(stack.edge, head);
  });

  test('what a proxy says in the place of the host is not believed', async () => {
    const { answer } = await create(stack.edge, { title: 'Kept', format: 'text', content: newCase() });
    const head = answer as Head;
    for (const status of [200, 404]) {
      stack.proxy.misbehave(() => ({ kind: 'answer', status, body: '{"cases":[]}' }));
      assert.equal((await fetch(`${stack.edge.url}/api/cases/${head.id}`)).status, 503);
      assert.equal((await fetch(`${stack.edge.url}/texts/${head.text}.json`)).status, 503);
      assert.equal((await list(stack.edge)).incomplete, true);
    }
    stack.proxy.heal();
    await textOf(stack.edge, head);
  });

  test('every answer, a file or not, carries the same strict policy', async () => {
    const { cases } = await list(stack.edge);
    const paths = ['/', '/c/x', '/nothing-here', '/api/cases', '/api/cases/x', `/texts/${cases[0]?.text}.json`, '/cases/index.json'];
    const names = ['content-security-policy', 'cross-origin-opener-policy', 'referrer-policy', 'strict-transport-security', 'x-content-type-options'];
    const policies = new Set<string>();
    for (const path of paths) {
      const response = await fetch(`${stack.edge.url}${path}`, { headers: { origin: 'https://elsewhere.example' } });
      await response.arrayBuffer();
      assert.match(response.headers.get('content-type') ?? '', /^(application\/json|text\/\w+; charset=utf-8)/i, path);
      assert.equal(response.headers.get('access-control-allow-origin'), null, path);
      policies.add(JSON.stringify(names.map((name) => response.headers.get(name))));
    }
    assert.equal(policies.size, 1, [...policies].join('\n'));
    const [policy] = policies;
    assert.match(policy ?? '', /default-src 'none'; script-src 'self'/);
    assert.doesNotMatch(policy ?? '', /unsafe|\*/);
    assert.match(policy ?? '', /max-age=31536000; includeSubDomains/);
  });

  test('whoever may not come in is told so, and sees public samples only', async () => {
    const { answer } = await create(stack.edge, { title: 'Kept', format: 'text', content: newCase() });
    const head = answer as Head;
    const port = await freePort();
    const { DEVELOPMENT_SIGN_IN: _, ...variables } = stack.edge.settings.variables ?? {};
    const closed = await Edge.create({ ...stack.edge.settings, port, variables });
    try {
      await closed.start();
      const { cases } = await list(stack.edge);
      const refused = [
        await fetch(`${closed.url}/api/cases`),
        await fetch(`${closed.url}/api/cases/${head.id}`),
        await fetch(`${closed.url}/texts/${head.text}.json`),
        await post(closed, { body: '{}' }),
      ];
      for (const response of refused) {
        assert.deepEqual([response.status, await response.json()], [401, { error: 'sign in' }]);
      }
      assert.equal((await fetch(`${closed.url}/texts/${cases[0]?.text}.json`)).status, 200);
    } finally {
      await closed.stop();
      await closed.remove();
    }
  });
});

async function list(edge: Edge): Promise<Listed> {
  const response = await fetch(`${edge.url}/api/cases`);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  return (await response.json()) as Listed;
}

/** Fetches a text and checks what every text promises. */
async function textOf(edge: Edge, head: Head): Promise<Text> {
  const response = await fetch(`${edge.url}/texts/${head.text}.json`);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('cache-control'), forEver);
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/);
  const bytes = Buffer.from(await response.arrayBuffer());
  assert.equal(createHash('sha256').update(bytes).digest('hex'), head.text);
  const text = JSON.parse(bytes.toString()) as Text;
  assert.doesNotMatch(text.text, /(?!\n)\p{Cc}|\p{Cs}|[\u202A-\u202E\u2066-\u2069]/u);
  return text;
}

async function create(edge: Edge, body: unknown): Promise<{ status: number; answer: unknown }> {
  const response = await post(edge, { body: JSON.stringify(body) });
  return { status: response.status, answer: await response.json() };
}

/** Sends as a page of ours does. */
async function post(edge: Edge, init: RequestInit & { duplex?: 'half' }): Promise<Response> {
  const headers = { origin: edge.url, 'content-type': 'application/json' };
  return fetch(`${edge.url}/api/cases`, { method: 'POST', headers, ...init });
}

/** Stretches of a text, each with its kind, its labels, and what it covers. */
function shown(
  { text }: Text,
  stretches: readonly { kind: string; start: number; end: number; number?: string; marker?: string; to?: string }[],
): string[] {
  return stretches.map(({ kind, start, end, number, marker, to }) => {
    const label = number ?? marker ?? to;
    return `${kind}${label === undefined ? '' : ` ${label}`}: ${text.slice(start, end)}`;
  });
}
