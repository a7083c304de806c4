import { Agent } from 'node:http';
import { TexasError } from '@texas-ai/kernel';
import { type Day, daySchema, type GenerationView, generationSchema } from '@texas-ai/life';
import got from 'got';
import { z } from 'zod';

/** A client of the public API. */
export interface ApiClient {
  isReady(): Promise<boolean>;
  /** The published day; null if there is none. */
  day(character: string, date: string): Promise<Day | null>;
  requestDay(character: string, date: string, fresh: boolean): Promise<GenerationView>;
  generation(id: string): Promise<GenerationView>;
}

const problem = z.object({ code: z.string(), detail: z.string() });

export function makeApiClient(url: string, key: string): ApiClient {
  const http = got.extend({
    prefixUrl: url,
    // Bypasses any proxy.
    agent: { http: new Agent() },
    headers: { authorization: `Bearer ${key}` },
    responseType: 'json',
    throwHttpErrors: false,
    retry: { limit: 2, methods: ['GET'] },
    timeout: { request: 10_000 },
  });

  async function parseResponse<T>(
    schema: z.ZodType<T>,
    response: { statusCode: number; body: unknown },
  ): Promise<T> {
    if (response.statusCode < 400) return schema.parse(response.body);
    const detail = problem.safeParse(response.body).data?.detail;
    throw new TexasError(
      'invalid_request',
      detail ?? `The api responded with status ${response.statusCode}.`,
    );
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
      return response.statusCode === 404 ? null : parseResponse(daySchema, response);
    },
    async requestDay(character, date, fresh) {
      const path = `v1/characters/${character}/days/${date}/generations`;
      return parseResponse(generationSchema, await http.post(path, { json: { fresh } }));
    },
    async generation(id) {
      return parseResponse(generationSchema, await http.get(`v1/generations/${id}`));
    },
  };
}
