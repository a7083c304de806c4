// The layering: which packages a package may import. Keep docs/architecture.md in line.
const allowed = {
  kernel: [],
  config: ['kernel'],
  logging: ['kernel'],
  access: ['kernel'],
  alerting: ['kernel'],
  life: ['kernel'],
  authors: ['kernel', 'life'],
  weather: ['kernel', 'life'],
  jobs: ['kernel', 'life'],
  postgres: ['kernel'],
  storage: ['kernel', 'life', 'access', 'alerting', 'backup', 'postgres'],
  'local-services': ['kernel', 'postgres'],
  backup: ['kernel', 'postgres'],
  egress: ['kernel'],
  telemetry: ['kernel'],
  wiring: [
    'kernel',
    'config',
    'logging',
    'life',
    'alerting',
    'jobs',
    'storage',
    'egress',
    'telemetry',
  ],
};

// Tests and their helpers.
const tests = '\\.test\\.ts$|^(packages|apps)/[^/]+/test/';

const layers = Object.entries(allowed).map(([name, others]) => ({
  name: `${name}-imports-only-${others.join('-and-') || 'nothing'}`,
  severity: 'error',
  from: { path: `^packages/${name}/src`, pathNot: tests },
  to: { path: '^(packages|apps)/', pathNot: `^packages/(${[name, ...others].join('|')})/` },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layers,
    {
      name: 'only-apps-join-packages',
      comment: 'No package imports an app, and no app another.',
      severity: 'error',
      from: { path: '^(?:packages|apps)/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'testing-is-for-tests',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: `^packages/testing/|^apps/bench/|${tests}` },
      to: { path: '^packages/testing/' },
    },
    {
      name: 'no-circles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'packages-by-their-index',
      comment: 'Packages are imported through their index.ts.',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/' },
      to: {
        path: '^packages/([^/]+)/src/',
        pathNot: ['^packages/$2/', '^packages/[^/]+/src/index\\.ts$'],
      },
    },
    {
      name: 'not-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'require', 'node', 'default', 'types'],
    },
  },
};
