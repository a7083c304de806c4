import { z } from 'zod';
import type { AppDeps } from '../process/deps.js';
import { defineOperation, type Operation } from '../transport/operation.js';

export function metricsOperations({ metrics }: Pick<AppDeps, 'metrics'>): Operation[] {
  return [
    defineOperation({
      id: 'getMetrics',
      method: 'get',
      path: '/metrics',
      scope: 'admin',
      tag: 'operation',
      summary: 'Get metrics',
      summaryZh: '查看监控指标',
      description:
        'In the Prometheus text format, of this process and of the whole system. Prometheus should scrape ' +
        'METRICS_PORT instead, if it is set, which serves the same without a key.',
      responses: {
        200: {
          description: 'The current metrics.',
          body: z.string(),
          type: 'text/plain',
          example: 'texas_workers 2\n',
        },
      },
      problems: [],
      async respond() {
        const headers = ['Content-Type', metrics.contentType, 'Cache-Control', 'no-store'];
        return { raw: { status: 200, headers, bytes: Buffer.from(await metrics.text()) } };
      },
    }),
  ];
}
