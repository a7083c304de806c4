import { describe, expect, it } from '@jest/globals';
import { helpText, readArguments, UsageError } from './arguments.js';

const known = ['throughput', 'backup', 'start'];

describe('the arguments', () => {
  it('select all measurements by default', () => {
    expect(readArguments([], known)).toEqual({ kind: 'measure', ids: known, json: null });
  });

  it('select measurements, in their usual order', () => {
    const { ids } = measured(['--only', 'start,throughput']);
    expect(ids).toEqual(['throughput', 'start']);
    expect(measured(['--only=start', '--only', ' backup , start']).ids).toEqual([
      'backup',
      'start',
    ]);
  });

  it('name the files to write and read', () => {
    expect(measured(['--json', 'a.json']).json).toBe('a.json');
    expect(readArguments(['--document', 'a.json'], known)).toEqual({
      kind: 'document',
      report: 'a.json',
    });
  });

  it('give help precedence', () => {
    expect(readArguments(['-h', '--only', 'nothing'], known)).toEqual({ kind: 'help' });
    const help = helpText([{ id: 'start', title: 'How soon it starts' }]);
    expect(help).toMatch(/^ {2}start {2}How soon it starts$/m);
  });

  it.each([
    [
      ['--only', 'throughput,speed'],
      'no measurement “speed”; choose from throughput, backup, start',
    ],
    [['--only', ''], 'no measurement “”'],
    [['--only'], "'--only <value>' argument missing."],
    [['--colour'], "Unknown option '--colour'."],
    [['everything'], "Unexpected argument 'everything'."],
    [['--json', ''], '--json requires a file name.'],
    [['--document', ''], '--document requires a file name.'],
    [['--document', 'a.json', '--json', 'b.json'], '--document measures nothing'],
    [['--document', 'a.json', '--only', 'start'], '--document measures nothing'],
  ])('that are wrong are refused in a sentence: %j', (args, said) => {
    const read = () => readArguments(args, known);
    expect(read).toThrow(UsageError);
    expect(read).toThrow(said);
  });
});

function measured(args: readonly string[]) {
  const command = readArguments(args, known);
  if (command.kind !== 'measure') throw new Error(`It is ${command.kind}.`);
  return command;
}
