import { formatNumber } from './format.js';
import type { JudgedFigure, Report } from './report.js';
import { assumptionWords, needsOf } from './sizing.js';
import { markdownTable, renderMarkdown } from './table.js';

// docs/performance.md is written by hand except for the parts between markers, which are generated from a report:
//   <!-- figures: NAME --> … <!-- end of figures -->

const fleets = [100_000, 10_000_000];

const parts: Readonly<Record<string, (report: Report) => string>> = {
  run: renderRun,
  table: renderMarkdown,
  missed: renderMissed,
  assumptions: () => assumptionWords.map((words) => `- ${words}`).join('\n'),
  sizing: renderSizing,
  failures: renderFailures,
};

const marker = /(<!-- figures: (\S+) -->\n)[\s\S]*?(<!-- end of figures -->)/g;

/**
 * Returns the document with the parts between its markers regenerated. Throws an Error if a part is missing or unknown,
 * or the report lacks a figure.
 */
export function fillDocument(document: string, report: Report): string {
  const seen = new Set<string>();
  const filled = document.replace(marker, (_all, head: string, name: string, tail: string) => {
    const render = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (!render) throw new Error(`The document has an unknown part: ${name}.`);
    seen.add(name);
    return `${head}\n${render(report)}\n\n${tail}`;
  });
  const missing = Object.keys(parts).filter((name) => !seen.has(name));
  if (missing.length === 0) return filled;
  throw new Error(`The document has no place for ${missing.join(', ')}.`);
}

function renderRun({ version, commit, modified, when, seconds, loadBefore, machine }: Report) {
  const source = commit === null ? 'unknown' : `${commit}${modified ? ', modified' : ''}`;
  return markdownTable(
    ['', ''],
    [
      ['version', version],
      ['commit', source],
      ['started', when],
      ['duration', `${formatNumber(seconds / 60)} min`],
      ['load average before the run', formatNumber(loadBefore)],
      ['CPU', `${machine.cpu}, ${machine.cores} cores`],
      ['memory', `${formatNumber(machine.memoryGb)} GB`],
      ['system', machine.os],
      ['Node', machine.node],
      ['PostgreSQL', machine.postgresql],
      ['Redis', machine.redis],
    ],
  );
}

function renderMissed({ figures }: Report): string {
  const lines = figures
    .filter(({ met }) => met === false)
    .map((figure) =>
      wrapped(`- ${figure.name}: ${measuredWords(figure)}; the target is ${figure.aimWords}.`),
    );
  return lines.length === 0 ? 'None: all numeric targets were met.' : lines.join('\n');
}

/** Breaks a list item into lines of at most 120 columns, like the rest of the document. */
function wrapped(item: string): string {
  return item.replace(/(.{1,117})(?: +|$)/g, '$1\n  ').trimEnd();
}

function measuredWords({ value, unit, ratio, floor, aim, standing }: JudgedFigure): string {
  const byRatio = aim !== null && 'of' in aim && aim.of === 'ratio' && ratio !== null;
  const measured = byRatio
    ? `${formatNumber(ratio)} of ${floor?.name}`
    : `${formatNumber(value)} ${unit}`;
  return standing === 'within the limit' ? `${measured}, within the limit` : measured;
}

function renderFailures({ measurements }: Report): string {
  const lines = measurements.flatMap(({ title, failure }) =>
    failure === null ? [] : [`- ${title}: ${failure}`],
  );
  return lines.length === 0 ? 'None.' : lines.join('\n');
}

function renderSizing({ figures }: Report): string {
  return markdownTable(
    ['resource', 'formula', ...fleets.map((count) => `N = ${formatNumber(count)}`)],
    needsOf(figures).map(({ resource, formula, of }) => [resource, formula, ...fleets.map(of)]),
  );
}
