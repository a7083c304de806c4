import { expect, test } from '@jest/globals';
import { makeOwner } from './closing.js';

test('an owner closes in reverse order, once, and goes on past failures', async () => {
  const closed: string[] = [];
  const owner = makeOwner();
  owner.own('first', (name) => closed.push(name));
  owner.own('second', () => {
    throw new Error('second would not close');
  });
  owner.own('third', async (name) => closed.push(name));
  await expect(owner.closeAll()).rejects.toThrow('second would not close');
  expect(closed).toEqual(['third', 'first']);
  await owner.closeAll();
  expect(closed).toHaveLength(2);
});
