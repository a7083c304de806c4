import type { Handler } from '@texas-ai/jobs';
import { writeChapter } from '@texas-ai/life';
import type { HandlerDeps } from './index.js';

export function writeChapterHandler(deps: HandlerDeps): Handler<'write-chapter'> {
  return (payload, { signal }) => writeChapter(deps, payload, signal);
}
