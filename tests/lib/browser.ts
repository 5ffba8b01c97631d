// A real browser. Each person has a context of their own, so that no two of them share storage; the complaints of all
// are gathered in one list.

import { chromium, type Browser as Chromium, type BrowserContext, type BrowserContextOptions } from 'playwright-core';

import { Complaints } from './complaints.ts';
import { chromiumBinary } from './environment.ts';
import { PersonsLine } from './line.ts';
import { Reader } from './reader.ts';
import { roomForbids, STAND_IN } from './refusal.ts';
import type { Stack } from './stack.ts';

/**
 * What is switched off in Chromium: first what starts processes beside each page that nobody sees, the spare renderer and
 * the pages of which the address bar is made, which are half of a browser's work; then what Playwright switches off, whose
 * list this one takes the place of.
 */
const featuresOff = [
  'SpareRendererForSitePerProcess',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxPopup',
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
];

const flags = [
  '--disable-background-networking',
  '--disable-component-update',
  `--disable-features=${featuresOff.join(',')}`,
  '--disable-gpu',
  '--disable-quic',
  '--disable-sync',
  '--no-first-run',
  // Chromium refuses to make its sandbox as root.
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
];

/** How a person's browser differs from a plain desktop one. */
export type PersonOptions = BrowserContextOptions & {
  /** Without the CSS Custom Highlight API, as older browsers are: the page paints with `<mark>`. */
  withoutHighlightApi?: boolean;
  /** Reached through a line that the test can cut. */
  line?: PersonsLine;
  /** Who has signed in in this browser already; otherwise a page asks for the name, and makes up an id. */
  signedIn?: { id: string; name: string };
  /** The room refuses what this person writes with these words in it. They must not be an owner. */
  forbidden?: string;
};

/** Starts a browser that keeps to itself. */
export function launchChromium(): Promise<Chromium> {
  return chromium.launch({ executablePath: chromiumBinary(), headless: true, args: flags });
}

/** A running browser with as many people as a test needs. */
export class Browser {
  readonly complaints = new Complaints();
  readonly #chromium: Chromium;
  readonly #stack: Stack;
  readonly #people = new Set<Person>();
  #lines: PersonsLine[] = [];

  private constructor(browser: Chromium, stack: Stack) {
    this.#chromium = browser;
    this.#stack = stack;
  }

  /** Starts a browser for the pages of a stack. */
  static async start(stack: Stack): Promise<Browser> {
    return new Browser(await launchChromium(), stack);
  }

  /** Somebody new, who has never been here. */
  async person(name: string, options: PersonOptions = {}): Promise<Person> {
    const { withoutHighlightApi = false, line, signedIn, forbidden, ...more } = options;
    const proxy = line === undefined ? {} : { proxy: { server: line.url, bypass: '<-loopback>' } };
    const context = await this.#chromium.newContext({
      viewport: { width: 1280, height: 800 },
      // What glides to its place has not arrived when a test measures or clicks.
      reducedMotion: 'reduce',
      ...proxy,
      ...more,
    });
    context.setDefaultTimeout(20_000);
    await this.complaints.listenTo(context, name);
    if (withoutHighlightApi) {
      await context.addInitScript(() => {
        Reflect.deleteProperty(CSS, 'highlights');
        Reflect.deleteProperty(globalThis, 'Highlight');
      });
    }
    if (signedIn !== undefined) {
      await context.addInitScript((me) => {
        if (location.protocol === 'http:') {
          localStorage.setItem('glossator.user', me);
        }
      }, JSON.stringify(signedIn));
    }
    if (forbidden !== undefined) {
      await roomForbids(context, forbidden);
      context.on('page', (page) => this.complaints.expect(page, STAND_IN));
    }
    const person = new Person(name, context, this.#stack.edge.url, this.complaints);
    this.#people.add(person);
    return person;
  }

  /** Somebody new who has joined a case. */
  async reader(name: string, caseId: string, options: PersonOptions = {}): Promise<Reader> {
    const person = await this.person(name, options);
    return person.join(caseId);
  }

  /** Two people who have joined a case. */
  async pair(caseId: string, options: PersonOptions = {}): Promise<[Reader, Reader]> {
    return Promise.all([this.reader('Azo', caseId, options), this.reader('Bulgarus', caseId, options)]);
  }

  /** A line to the Worker that the test can cut; stopped with the browser. */
  async line(): Promise<PersonsLine> {
    const line = await PersonsLine.start();
    this.#lines.push(line);
    return line;
  }

  /** Lets everybody go, so that one test's people are not here in the next. Complaints stay. */
  async empty(): Promise<void> {
    await Promise.all([...this.#people].map((person) => person.leave()));
    this.#people.clear();
    await Promise.all(this.#lines.map((line) => line.stop()));
    this.#lines = [];
  }

  async stop(): Promise<void> {
    await this.empty();
    await this.#chromium.close();
  }
}

/** One person's browser: what is stored in it is shared by its tabs. */
export class Person {
  readonly name: string;
  readonly context: BrowserContext;
  readonly #url: string;
  readonly #complaints: Complaints;

  constructor(name: string, context: BrowserContext, url: string, complaints: Complaints) {
    this.name = name;
    this.context = context;
    this.#url = url;
    this.#complaints = complaints;
  }

  /** Opens a page of the Worker in a new tab, and waits for nothing. */
  async open(path: string): Promise<Reader> {
    const page = await this.context.newPage();
    const reader = new Reader(page, this.name, this.#complaints);
    await page.goto(`${this.#url}${path}`, { waitUntil: 'commit' });
    return reader;
  }

  /** Opens a case in a new tab and joins it, giving the name if this browser was not asked before. */
  async join(caseId: string, hash = ''): Promise<Reader> {
    const reader = await this.open(`/c/${caseId}${hash}`);
    await reader.join();
    return reader;
  }

  /** Opens a case and gives the name, without waiting for the room. */
  async openNamed(caseId: string): Promise<Reader> {
    const reader = await this.open(`/c/${caseId}`);
    await reader.giveName();
    return reader;
  }

  async leave(): Promise<void> {
    await this.context.close();
  }
}
