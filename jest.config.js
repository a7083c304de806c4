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
  // Only ends tests that hang, on any machine.
  testTimeout: 300_000,
  // Process tests mostly wait, so three at a time keep two cores busy.
  maxWorkers: 3,
  // Jest leaks some modules of finished test files.
  workerIdleMemoryLimit: '1GB',
  testSequencer: '<rootDir>/scripts/test-sequencer.mjs',
  reporters: ['<rootDir>/scripts/test-reporter.mjs'],
  // The socket timeout of a closed Redis connection outlives it for a while.
  openHandlesTimeout: 15_000,
  coverageReporters: ['text-summary', 'lcovonly'],
  collectCoverageFrom: [
    '{apps,packages}/*/src/**/*.ts',
    '!**/*.test.ts',
    // Tested in separate processes, by the tests of the built product.
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
