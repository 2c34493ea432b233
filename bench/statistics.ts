// What the benchmarks print of their measurements.

export function percentile(values: readonly number[], rank: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * rank) / 100))] ?? Number.NaN;
}

export function heading(): void {
  console.log(`${''.padEnd(58)}     p50      p95      p99  ms`);
}

export function print(what: string, latencies: readonly number[]): void {
  const cells = [50, 95, 99].map((rank) => percentile(latencies, rank).toFixed(3).padStart(8));
  console.log(`${what.padEnd(58)} ${cells.join(' ')}  (n = ${latencies.length})`);
}
