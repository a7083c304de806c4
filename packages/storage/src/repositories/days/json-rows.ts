// A day is read with all its rows in one statement, which sees one state of the day even if it is
// removed or replaced meanwhile.

/** SQL expression: the generation's rows in a table, as a JSON array; `columns` maps keys to columns. */
export function jsonRows(
  generation: string,
  table: string,
  order: string,
  columns: Readonly<Record<string, string>>,
): string {
  const pairs = Object.entries(columns).map(([key, column]) => `'${key}', ${table}.${column}`);
  return `(
    SELECT coalesce(jsonb_agg(jsonb_build_object(${pairs.join(', ')}) ORDER BY ${table}.${order}), '[]')
    FROM ${table} WHERE ${table}.generation_id = ${generation}.id)`;
}

export const planItemColumns = {
  start: 'start_minute',
  end: 'end_minute',
  title: 'title',
  category: 'category',
  priority: 'priority',
  asleep: 'asleep',
  location: 'location',
  description: 'description',
  companions: 'companions',
  weatherAffected: 'weather_affected',
  emotionalTags: 'emotional_tags',
  interactionPotential: 'interaction_potential',
};

export const itemColumns = { id: 'id', ...planItemColumns };

export const experienceColumns = {
  id: 'id',
  item: 'item_position',
  start: 'start_minute',
  end: 'end_minute',
  content: 'content',
  emotions: 'emotions',
  thoughts: 'thoughts',
  interaction: 'interaction',
};
