import { TexasError } from '@texas-ai/kernel';
import {
  cancelGeneration,
  dateText,
  type Generation,
  generationSchema,
  requestGeneration,
  viewOf,
} from '@texas-ai/life';
import { z } from 'zod';
import type { AppDeps } from '../app.js';
import { defineRoute, type Route } from '../route.js';

type Deps = Pick<AppDeps, 'config' | 'logger' | 'store' | 'producer' | 'clock'>;

const idParams = z.strictObject({ id: z.uuid('a generation’s id') });

export function generationRoutes(deps: Deps): Route[] {
  const { store } = deps;
  const { generations: window, authoring } = deps.config;
  const requesting = { ...deps, steps: deps.producer, author: authoring.author, window };
  return [
    defineRoute({
      method: 'post',
      path: '/v1/characters/:character/days/:date/generations',
      scope: 'generate',
      params: z.strictObject({ character: z.string(), date: dateText }),
      body: z.strictObject({ fresh: z.boolean().default(false) }).default({ fresh: false }),
      response: generationSchema,
      async answer({ params, body, header, requestId }) {
        const generation = await requestGeneration(requesting, {
          ...params,
          fresh: body.fresh,
          idempotencyKey: idempotencyKeyOf(header('Idempotency-Key')),
          requestId,
        });
        return {
          status: 202,
          headers: { Location: `/v1/generations/${generation.id}` },
          body: viewOf(generation),
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/v1/generations/:id',
      scope: 'read',
      params: idParams,
      response: generationSchema,
      async answer({ params }) {
        return { status: 200, body: viewOf(found(await store.generations.find(params.id))) };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/v1/generations/:id',
      scope: 'generate',
      params: idParams,
      response: generationSchema,
      async answer({ params }) {
        return { status: 200, body: viewOf(await cancelGeneration({ store }, params.id)) };
      },
    }),
  ];
}

function idempotencyKeyOf(given: string | undefined): string | null {
  if (given === undefined) return null;
  if (/^[\x21-\x7e]{1,255}$/.test(given)) return given;
  throw new TexasError('invalid_request', 'An Idempotency-Key is 1-255 visible ASCII characters.', {
    details: { field: 'Idempotency-Key' },
  });
}

function found(generation: Generation | null): Generation {
  if (generation) return generation;
  throw new TexasError('generation_not_found', 'There is no generation of this id.', {
    details: { field: 'id' },
  });
}
