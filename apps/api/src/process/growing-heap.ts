import { setFlagsFromString } from 'node:v8';

// While modules load, almost everything lives on, which V8 takes for a reason to double the space
// of new objects again and again: 20 MB that an idle process would keep for ever.

/** Keeps the space of new objects small. To be called before what is large is imported. */
export function keepHeapSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/** From here on the space of new objects grows as the load asks for it. */
export function letHeapGrow(): void {
  setFlagsFromString('--semi-space-growth-factor=2');
}
