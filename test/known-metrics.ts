// The existing metrics, so that no rule or panel uses one that does not exist.

const histograms = [
  'texas_http_request_duration_seconds',
  'texas_job_duration_seconds',
  'texas_author_call_duration_seconds',
];

/** Metrics of api and worker that rules and dashboard may use. */
export const knownMetrics: readonly string[] = [
  // both
  'texas_build_info',
  'texas_database_pool_connections',
  'texas_database_pool_waiting_queries',
  'texas_database_pool_max_connections',
  'process_start_time_seconds',
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'nodejs_eventloop_lag_p99_seconds',
  // the api
  'texas_http_event_streams',
  'texas_cache_reads_total',
  'texas_queue_jobs',
  'texas_queue_oldest_waiting_seconds',
  'texas_workers',
  'texas_generations_unfinished',
  'texas_characters',
  'texas_characters_without_today',
  'texas_characters_day_missing',
  'texas_day_published_timestamp_seconds',
  'texas_budget_spent',
  'texas_budget_spent_tokens',
  'texas_budget_limit',
  'texas_budget_limit_tokens',
  'texas_backup_last_success_timestamp_seconds',
  'texas_backup_last_verified_timestamp_seconds',
  'texas_backup_last_size_bytes',
  'texas_alerts_open',
  'texas_store_up',
  // the worker
  'texas_jobs_active',
  'texas_slow_steps_total',
  'texas_author_tokens_total',
  'texas_author_spending_total',
  'texas_author_unpriced_calls_total',
  'texas_generations_finished_total',
  ...histograms.flatMap((name) => [`${name}_bucket`, `${name}_sum`, `${name}_count`]),
];

/** Prometheus' own metrics. */
export const metricsOfPrometheus: readonly string[] = ['up', 'ALERTS'];

/**
 * Returns the metric names in a response in Prometheus' text format, including those without a series; of a histogram
 * the names of buckets, sum and count.
 */
export function metricNamesIn(text: string): Set<string> {
  const names = new Set<string>();
  for (const [, name = '', type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    const parts = type === 'histogram' ? ['_bucket', '_sum', '_count'] : [''];
    for (const part of parts) names.add(`${name}${part}`);
  }
  return names;
}
