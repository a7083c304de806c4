import type { MinuteOfDay } from '@texas-ai/kernel';
import type { Language } from '@texas-ai/life';

const hours = ['零', '一', '两', '三', '四', '五', '六', '七', '八', '九', '十', '十一', '十二'];
const digits = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/** `7:05`; `七点零五分`, `七点半`, `晚上九点二十分`. */
export function timeText(language: Language, minute: MinuteOfDay): string {
  const hour = Math.floor(minute / 60) % 24;
  const rest = minute % 60;
  if (language === 'en') return `${hour}:${String(rest).padStart(2, '0')}`;
  const part = hour <= 12 ? '' : hour < 18 ? '下午' : '晚上';
  const onTheHour = `${part}${hours[hour > 12 ? hour - 12 : hour] ?? ''}点`;
  if (rest === 0) return onTheHour;
  if (rest === 30) return `${onTheHour}半`;
  return `${onTheHour}${rest < 10 ? '零' : ''}${numberText(language, rest)}分`;
}

/** A whole number in 0-99, in Chinese as numerals. */
export function numberText(language: Language, value: number): string {
  if (language === 'en') return String(value);
  const tens = Math.floor(value / 10);
  const ones = value % 10;
  if (tens === 0) return digits[ones] ?? '';
  return `${tens === 1 ? '' : digits[tens]}十${ones === 0 ? '' : digits[ones]}`;
}
