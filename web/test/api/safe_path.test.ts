import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isWebAddress, safePath, signInAddress } from '../../src/api/safe_path.ts';

const ORIGIN = 'https://glossator.example';

test('one comes back to the page from which one was sent to sign in, with all of its address', () => {
  for (const path of ['/', '/c/a-1', '/c/a-1#h=x', '/search?q=a+b&page=2', '/classes/c1#people']) {
    assert.equal(safePath(path, ORIGIN), path);
    const query = new URLSearchParams(new URL(signInAddress(path), ORIGIN).search);
    assert.equal(safePath(query.get('to'), ORIGIN), path);
  }
});

test('no address leads to another origin, however it is written', () => {
  const hostile = [
    null,
    '',
    'https://evil.example/',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/.//evil.example',
    '/x/..//evil.example',
    '/%2e//evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    '/@evil.example:x',
    `${ORIGIN}@evil.example`,
    'evil.example',
  ];
  for (const to of hostile) {
    const path = safePath(to, ORIGIN);
    assert.equal(new URL(path, ORIGIN).origin, ORIGIN, String(to));
    assert.doesNotMatch(path, /^[/\\]{2}/, String(to));
  }
});

test('of another origin not even the path is followed', () => {
  for (const to of ['//evil.example/c/a', '/\\evil.example/c/a', '/\t/evil.example/c/a', '/.//c/a']) {
    assert.equal(safePath(to, ORIGIN), '/', to);
  }
});

test('the page for signing in does not lead to itself', () => {
  assert.equal(safePath('/sign-in?to=/sign-in', ORIGIN), '/');
});

test('one leaves for the web only, and never for a script', () => {
  assert.ok(isWebAddress('https://idp.example/authorize?x=1'));
  assert.ok(isWebAddress('http://127.0.0.1:4000/auth'));
  for (const address of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', '/relative', '']) {
    assert.ok(!isWebAddress(address), address);
  }
});
