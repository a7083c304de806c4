import { formatNumber } from './format.js';
import type { JudgedFigure, Report } from './report.js';

const heading = ['figure', 'measured', 'target', 'status', 'floor', 'ratio'];

/** All figures and failed measurements for a terminal. */
export function renderText({ figures, measurements }: Report): string {
  const failed = measurements.flatMap(({ id, title, failure }) =>
    failure === null ? [] : [`Failed: ${id} (${title}): ${failure}`],
  );
  const table = figures.length === 0 ? [] : alignedRows([heading, ...figures.map(cellsOf)]);
  return [...table, ...failed].join('\n');
}

/** The figures as a Markdown table. */
export function renderMarkdown({ figures }: Pick<Report, 'figures'>): string {
  return markdownTable(heading, figures.map(cellsOf));
}

export function markdownTable(heads: readonly string[], rows: readonly string[][]): string {
  const cells = [[...heads], heads.map(() => '---'), ...rows];
  return cells.map((row) => `| ${row.map(escaped).join(' | ')} |`).join('\n');
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|');
}

function cellsOf(figure: JudgedFigure): string[] {
  const { name, value, unit, aimWords, standing, floor, ratio, range } = figure;
  const number = (each: number) => formatNumber(each);
  return [
    name,
    `${number(value)} ${unit}${range ? ` (${number(range.lowest)}–${number(range.highest)})` : ''}`,
    aimWords,
    standing ?? '',
    floor ? `${number(floor.value)} ${unit} (${floor.name})` : '',
    ratio === null ? '' : number(ratio),
  ];
}

function alignedRows(rows: readonly string[][]): string[] {
  const widths = heading.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
