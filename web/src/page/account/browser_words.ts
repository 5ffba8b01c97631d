// A browser by what it says of itself, in the few words by which its owner knows it. Pure.

const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?\/|\bEdgiOS\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bFirefox\/|\bFxiOS\//, 'Firefox'],
  [/\b(?:Headless)?Chrom(?:e|ium)\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
];

/** "Firefox on Windows"; what is not known is not named. */
export function browserWords(agent: string): string {
  const [browser, system] = [BROWSERS, SYSTEMS].map((known) => known.find(([sign]) => sign.test(agent))?.[1]);
  return `${browser ?? 'A browser'}${system === undefined ? '' : ` on ${system}`}`;
}

const WAYS: Readonly<Record<string, string>> = {
  oidc: 'signed in with your institution',
  google: 'signed in with Google',
  mail: 'signed in by e-mail',
  github: 'signed in with GitHub',
  development: 'signed in by name',
};

/** How one has signed in. The host says the way's short name, which an operator chose: where that is no kind, it stands itself. */
export function wayWords(way: string): string {
  return (Object.hasOwn(WAYS, way) ? WAYS[way] : undefined) ?? `signed in with ${way}`;
}
