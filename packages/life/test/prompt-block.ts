/** The material between the tags of this name in a prompt. */
export function block(user: string, tag: string): string {
  return new RegExp(`<${tag}>\\n([\\s\\S]*?)\\n</${tag}>`).exec(user)?.[1] ?? '';
}
