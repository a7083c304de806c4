// Property-based tests draw the same values in every run: a run says something of the change alone.
import fc from 'fast-check';

fc.configureGlobal({ seed: 20_261_123 });
