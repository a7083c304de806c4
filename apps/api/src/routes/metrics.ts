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
      summary: 'What this process measures',
      summaryZh: '查看监控指标',
      description:
        'In the text format of Prometheus, of this process and of the whole system. The same is served ' +
        'without a key on METRICS_PORT where that is set, which is where Prometheus should ask.',
      answers: {
        200: {
          description: 'The metrics as they are now.',
          body: z.string(),
          type: 'text/plain',
          example: 'texas_workers 2\n',
        },
      },
      problems: [],
      async answer() {
        const headers = ['Content-Type', metrics.contentType, 'Cache-Control', 'no-store'];
        return { ready: { status: 200, headers, bytes: Buffer.from(await metrics.text()) } };
      },
    }),
  ];
}
