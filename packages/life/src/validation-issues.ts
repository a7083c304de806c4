import type { z } from 'zod';

/** What a schema refused, one plain sentence each, with the path: `items.3.title: …`. */
export function describeIssues(error: z.ZodError): string[] {
  return error.issues.map((issue) => `${issue.path.join('.') || 'the document'}: ${issue.message}`);
}
