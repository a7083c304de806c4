/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  testMatch: ['<rootDir>/{apps,packages}/*/{src,test}/**/*.test.ts', '<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'] },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  globalSetup: '<rootDir>/test/global-setup.mjs',
  globalTeardown: '<rootDir>/test/global-teardown.mjs',
  setupFilesAfterEnv: ['<rootDir>/test/property-seed.mjs', '<rootDir>/test/temporal-equality.mjs'],
  // Ends a test that hangs; nothing has to be done within it, on any machine.
  testTimeout: 120_000,
  // Tests of processes wait more than they compute, so three at a time keep two cores busy.
  maxWorkers: 3,
  // Modules of test files that have ended are not all freed.
  workerIdleMemoryLimit: '1GB',
  testSequencer: '<rootDir>/scripts/test-sequencer.mjs',
  reporters: ['<rootDir>/scripts/test-reporter.mjs'],
  // A closed connection to Redis keeps its timer for silence a little longer.
  openHandlesTimeout: 15_000,
  coverageReporters: ['text-summary', 'lcovonly'],
  collectCoverageFrom: [
    '{apps,packages}/*/src/**/*.ts',
    '!**/*.test.ts',
    // Tried by the tests of the built product, in processes of their own.
    '!**/main.ts',
    '!**/*-main.ts',
    '!**/supervisor-process.ts',
    '!apps/bench/**',
    '!packages/testing/**',
  ],
  coverageThreshold: {
    global: { lines: 85 },
    './packages/life/src/': { lines: 95 },
  },
};
