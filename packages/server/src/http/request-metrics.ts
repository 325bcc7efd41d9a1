/** Bounds in seconds that OpenTelemetry's HTTP conventions advise. */
const boundsSeconds = [
  0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
] as const;

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PATCH', 'DELETE', 'PUT', 'OPTIONS']);

interface Series {
  readonly labels: string;
  /** Requests by bucket, not cumulative; the last is beyond every bound. */
  readonly buckets: number[];
  sumSeconds: number;
}

/**
 * `http.server.request.duration` as Prometheus text. Labels are the route's template, the method and the
 * status: bounded, and never a tenant, an id or content. Own code: it is 60 lines, and prom-client brings
 * two dependencies for one histogram.
 */
export class RequestMetrics {
  readonly #series = new Map<string, Series>();
  readonly #more: () => readonly string[];
  #active = 0;

  constructor(more: () => readonly string[] = () => []) {
    this.#more = more;
  }

  /** Counts a request that has begun. */
  begin(): void {
    this.#active += 1;
  }

  /** Counts a request that has ended. `route` is empty for a path that no route has. */
  end(method: string, route: string, status: number, seconds: number): void {
    this.#active -= 1;
    this.record(method, route, status, seconds);
  }

  /** Counts an answer to what never became a request of a route. */
  record(method: string, route: string, status: number, seconds: number): void {
    const known = knownMethods.has(method) ? method : '_OTHER';
    const labels = `http_request_method="${known}",http_route="${route}",http_response_status_code="${status}"`;
    const series = this.#series.get(labels) ?? this.#add(labels);
    const index = boundsSeconds.findIndex((bound) => seconds <= bound);
    const bucket = index === -1 ? boundsSeconds.length : index;
    series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1;
    series.sumSeconds += seconds;
  }

  /** All of it in Prometheus' text format 0.0.4. */
  expose(): string {
    const name = 'http_server_request_duration_seconds';
    const { rss } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    return [
      `# HELP ${name} Duration of HTTP requests.`,
      `# TYPE ${name} histogram`,
      ...[...this.#series.values()].flatMap((series) => linesOf(name, series)),
      '# TYPE http_server_active_requests gauge',
      `http_server_active_requests ${this.#active}`,
      '# TYPE process_resident_memory_bytes gauge',
      `process_resident_memory_bytes ${rss}`,
      '# TYPE process_cpu_seconds_total counter',
      `process_cpu_seconds_total ${(user + system) / 1e6}`,
      ...this.#more(),
      '',
    ].join('\n');
  }

  #add(labels: string): Series {
    const buckets = Array.from({ length: boundsSeconds.length + 1 }, () => 0);
    const series = { labels, buckets, sumSeconds: 0 };
    this.#series.set(labels, series);
    return series;
  }
}

function linesOf(name: string, { labels, buckets, sumSeconds }: Series): string[] {
  let count = 0;
  const lines = buckets.map((requests, index) => {
    count += requests;
    return `${name}_bucket{${labels},le="${boundsSeconds[index] ?? '+Inf'}"} ${count}`;
  });
  return [...lines, `${name}_sum{${labels}} ${sumSeconds}`, `${name}_count{${labels}} ${count}`];
}
