// A day is read in one statement with all that belongs to it, so that it is one state of it, also where
// it is removed or replaced meanwhile.

/** The rows of a table that belong to a generation, as JSON: `columns` by what they are to be called. */
export function rowsOf(
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

export const itemColumns = {
  id: 'id',
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
