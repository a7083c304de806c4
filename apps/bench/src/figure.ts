/** One measured figure, beside what the machine can do at best in the same run. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** What is aimed at, in words; a benchmark prints and fails nothing. */
  aim: string;
  /** The same by bare code without what makes the product what it is. */
  floor: { name: string; value: number } | null;
}

export function renderFigures(figures: readonly Figure[]): string {
  const rows = figures.map(({ name, value, unit, aim, floor }) => [
    name,
    `${round(value)} ${unit}`,
    aim,
    floor ? `${round(floor.value)} ${unit} (${floor.name})` : '',
    floor ? (value / floor.value).toFixed(2) : '',
  ]);
  const table = [['figure', 'measured', 'aim', 'floor', 'ratio'], ...rows];
  const widths = table[0]?.map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  );
  return table
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function round(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toFixed(2);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
