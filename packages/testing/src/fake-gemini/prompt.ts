// Reads the facts of a prompt that have their own lines, so that responses match it.

export interface SlotLine {
  title: string;
  wantsMessage: boolean;
}

export interface ReadPrompt {
  language: 'zh' | 'en';
  name: string;
  workday: boolean;
  companions: string[];
  /** The waking hours to plan, minutes since midnight; 07:00-23:00 if the prompt has none. */
  wake: number;
  sleep: number;
  /** The slots to write; empty in a prompt for a plan. */
  slots: SlotLine[];
}

export function readPrompt(text: string): ReadPrompt {
  const language = /[\u4e00-\u9fff]/.test(text.slice(0, 40)) ? 'zh' : 'en';
  const hours = /^(?:清醒时间：|Waking hours: )(\d\d:\d\d)-(\d\d:\d\d)$/m.exec(text);
  return {
    language,
    name: /^(?:姓名|Name): (.+)$/m.exec(text)?.[1] ?? (language === 'zh' ? '她' : 'She'),
    workday: /^(?:日子|Kind of day): (?:工作日|workday)$/m.test(text),
    companions: entriesOf(text, /^(?:同伴|Companions):$/).map(
      (entry) => entry.split(' (')[0] ?? '',
    ),
    wake: minuteOf(hours?.[1] ?? '07:00'),
    sleep: minuteOf(hours?.[2] ?? '23:00'),
    slots: blockOf(text, 'slots').map((line) => {
      const [title = '', ...facts] = line.replace(/^\d+\. \S+ /, '').split(' | ');
      return { title, wantsMessage: /(?:：要|: yes)$/.test(facts.at(-1) ?? '') };
    }),
  };
}

/** Returns the `- ` entries below the matching line. */
function entriesOf(text: string, heading: RegExp): string[] {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => heading.test(line)) + 1;
  if (first === 0) return [];
  const end = lines.findIndex((line, index) => index >= first && !line.startsWith('- '));
  return lines.slice(first, end).map((line) => line.slice(2));
}

function blockOf(text: string, tag: string): string[] {
  const block = new RegExp(`^<${tag}>\\n([\\s\\S]*?)\\n</${tag}>$`, 'm').exec(text)?.[1];
  return block === undefined ? [] : block.split('\n');
}

function minuteOf(time: string): number {
  const [hour, minute] = time.split(':');
  return Number(hour) * 60 + Number(minute);
}
