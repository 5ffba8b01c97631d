// What the host tells an operator at /metrics.

/** The value of one line of Prometheus' text format; -1 if there is no such line. */
export function metric(text: string, name: string, ...labels: readonly string[]): number {
  const lines = text.split('\n').filter((line) => new RegExp(`^${name}[{ ]`).test(line));
  const line = lines.find((candidate) => labels.every((label) => candidate.includes(label)));
  return line === undefined ? -1 : Number(line.slice(line.lastIndexOf(' ') + 1));
}
