// Reading the members of parsed JSON, with errors that name the place, what stands there, and what should.

const SHOWN_MAX = 60;

/** Why something is not a case. Names the place. */
export class NotACaseError extends Error {
  override readonly name = 'NotACaseError';
}

/** A JSON object of which nothing is known yet. All methods throw NotACaseError if a member is not what is asked for. */
export class Members {
  readonly #source: Readonly<Record<string, unknown>>;
  readonly #prefix: string;

  /** `what` stands for the object in errors; members are told by their own names, behind `prefix`. */
  constructor(value: unknown, what: string, prefix = '') {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new NotACaseError(`${what} is ${show(value)}, not an object`);
    }
    this.#source = value as Readonly<Record<string, unknown>>;
    this.#prefix = prefix;
  }

  /** All of it, unread. */
  get whole(): Readonly<Record<string, unknown>> {
    return this.#source;
  }

  /** One that passes a check; `wanted` says which. */
  member<Wanted>(name: string, wanted: string, is: (value: unknown) => value is Wanted): Wanted {
    const value = this.#source[name];
    if (!is(value)) {
      throw new NotACaseError(`${this.#prefix}${name} is ${show(value)}, not ${wanted}`);
    }
    return value;
  }

  string(name: string, most: number): string {
    return this.member(name, `a string of at most ${most} characters`, (value): value is string => isString(value) && value.length <= most);
  }

  matching(name: string, pattern: RegExp): string {
    return this.member(name, `like ${pattern}`, (value): value is string => isString(value) && pattern.test(value));
  }

  /** Whether it is there and not null. */
  has(name: string): boolean {
    return (this.#source[name] ?? null) !== null;
  }

  optional(name: string, most: number): string | null {
    return this.has(name) ? this.string(name, most) : null;
  }

  list(name: string, most: number): readonly unknown[] {
    return this.member(name, `a list of at most ${most}`, (value): value is unknown[] => Array.isArray(value) && value.length <= most);
  }

  oneOf<Name extends string>(name: string, names: readonly Name[]): Name {
    return this.member(name, `one of ${names.join(', ')}`, (value): value is Name => names.some((each) => each === value));
  }
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

/** A value for an error, cut: it may be megabytes. */
function show(value: unknown): string {
  return String(JSON.stringify(value)).slice(0, SHOWN_MAX);
}
