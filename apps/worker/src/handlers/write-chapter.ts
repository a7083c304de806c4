import type { Handler } from '@texas-ai/jobs';
import { writeChapter } from '@texas-ai/life';
import type { WorkerDeps } from '../deps.js';

export function writeChapterHandler(deps: WorkerDeps): Handler<'write-chapter'> {
  const { heartbeatMs, holdAnswerMs } = deps.timing;
  return (payload, { signal }) =>
    writeChapter({ ...deps, heartbeatMs, holdAnswerMs }, payload, signal);
}
