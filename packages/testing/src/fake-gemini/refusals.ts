import { failure, type HttpResponse, quotaFailure } from './responses.js';

// Gemini's refusals, in its own words (as of November 2026).

/** Refusals that last until somebody takes action. */
export const refusals = {
  badKey: () =>
    failure(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'API_KEY_INVALID',
        domain: 'googleapis.com',
      },
    ]),
  expiredKey: () =>
    failure(400, 'INVALID_ARGUMENT', 'API key expired. Please renew the API key.', [
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason: 'API_KEY_INVALID',
        domain: 'googleapis.com',
      },
    ]),
  leakedKey: () =>
    failure(
      403,
      'PERMISSION_DENIED',
      'Your API key was reported as leaked. Please use another API key.',
    ),
  blockedKey: () =>
    failure(
      403,
      'PERMISSION_DENIED',
      'Requests to this API generativelanguage.googleapis.com method google.ai.generativelanguage.v1beta.GenerativeService.GenerateContent are blocked.',
    ),
  retiredModel: (model) =>
    failure(
      404,
      'NOT_FOUND',
      `This model models/${model} is no longer available. Please update your code to use models/gemini-3.5-flash-lite for the latest features and improvements.`,
    ),
  newUser: (model) =>
    failure(
      404,
      'NOT_FOUND',
      `This model models/${model} is no longer available to new users. Please update your code to use a newer model for the latest features and improvements.`,
    ),
  unknownModel: (model) =>
    failure(
      404,
      'NOT_FOUND',
      `models/${model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`,
    ),
  noFreeQuota: (model) =>
    quotaFailure(
      'GenerateRequestsPerDayPerProjectPerModel-FreeTier',
      '38s',
      `You exceeded your current quota, please check your plan and billing details. * Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 0, model: ${model} Please retry in 38s.`,
    ),
  spendingCap: () =>
    failure(429, 'RESOURCE_EXHAUSTED', 'Your project has exceeded its monthly spending cap.'),
  noCredits: () =>
    failure(429, 'RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted. Please add credits.'),
  paymentRequired: () =>
    failure(402, 'FAILED_PRECONDITION', 'Your prepayment credits are depleted.'),
  location: () =>
    failure(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
} as const satisfies Record<string, (model: string) => HttpResponse>;

export type GeminiRefusal = keyof typeof refusals;

export const geminiRefusals = Object.keys(refusals) as GeminiRefusal[];

export function isRefusal(name: string): name is GeminiRefusal {
  return Object.hasOwn(refusals, name);
}
