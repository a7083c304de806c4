import { Agent } from 'node:http';
import { TexasError } from '@texas-ai/kernel';
import { type Day, daySchema, type GenerationView, generationSchema } from '@texas-ai/life';
import got from 'got';
import { z } from 'zod';

/** The gateway as this command uses it: the same routes that anybody else has. */
export interface ApiClient {
  isReady(): Promise<boolean>;
  /** The published day; null where there is none. */
  day(character: string, date: string): Promise<Day | null>;
  requestDay(character: string, date: string, fresh: boolean): Promise<GenerationView>;
  generation(id: string): Promise<GenerationView>;
}

const problem = z.object({ code: z.string(), detail: z.string() });

export function makeApiClient(url: string, key: string): ApiClient {
  const http = got.extend({
    prefixUrl: url,
    // Not through a proxy, whatever address it listens on.
    agent: { http: new Agent() },
    headers: { authorization: `Bearer ${key}` },
    responseType: 'json',
    throwHttpErrors: false,
    retry: { limit: 2, methods: ['GET'] },
    timeout: { request: 10_000 },
  });

  async function expecting<T>(
    schema: z.ZodType<T>,
    response: { statusCode: number; body: unknown },
  ): Promise<T> {
    if (response.statusCode < 400) return schema.parse(response.body);
    const said = problem.safeParse(response.body).data;
    throw new TexasError('invalid_request', said?.detail ?? `The api said ${response.statusCode}.`);
  }

  return {
    async isReady() {
      try {
        const { statusCode } = await http.get('health/ready', { retry: { limit: 0 } });
        return statusCode === 200;
      } catch {
        return false;
      }
    },
    async day(character, date) {
      const response = await http.get(`v1/characters/${character}/days/${date}`);
      return response.statusCode === 404 ? null : expecting(daySchema, response);
    },
    async requestDay(character, date, fresh) {
      const path = `v1/characters/${character}/days/${date}/generations`;
      return expecting(generationSchema, await http.post(path, { json: { fresh } }));
    },
    async generation(id) {
      return expecting(generationSchema, await http.get(`v1/generations/${id}`));
    },
  };
}
