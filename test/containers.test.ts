import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '@texas-ai/config';
import { DCLinter } from 'dclint';
import { validate } from 'dockerfile-utils';
import { parse } from 'yaml';
import { variablesOf } from '../packages/config/src/variables.js';
import {
  dockerignoreOf,
  execForm,
  filesOfContext,
  propertiesOf,
  type Stage,
  stagesOf,
} from './container-build.js';
import { composeFile, composeVariables, readCompose, serviceOf } from './container-compose.js';
import { root } from './product.js';

// Static checks of the container files.

const docker = join(root, 'docker');
const dockerfile = readFileSync(join(docker, 'Dockerfile'), 'utf8');
const stages = new Map(stagesOf(dockerfile).map((stage) => [stage.name, stage]));
const compose = readCompose();
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);

/** The instructions of this name in a stage and its base stages, in order. */
function instructionsOf(stage: Stage | undefined, keyword: string): Stage['instructions'] {
  if (!stage) return [];
  const own = stage.instructions.filter((each) => each.getKeyword() === keyword);
  return [...instructionsOf(stages.get(stage.from), keyword), ...own];
}

const lastOf = (target: string, keyword: string) =>
  instructionsOf(stages.get(target), keyword).at(-1);
const valuesOf = (target: string, keyword: string): Record<string, string> =>
  Object.assign({}, ...instructionsOf(stages.get(target), keyword).map(propertiesOf));
const argument = (name: string) =>
  new RegExp(`^ARG ${name}=(.+)$`, 'm').exec(dockerfile)?.[1] ?? 'none';

describe('the Dockerfile', () => {
  test('passes the linter', () => {
    expect(validate(dockerfile)).toEqual([]);
    expect(validate('FROM scratch\nCMD [ "a", b ]\nMAINTAINER me\n')).not.toEqual([]);
  });

  test('is based on a supported Node.js', () => {
    const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(engines.node).toBe('>=20');
    expect(Number(argument('NODE_VERSION'))).toBeGreaterThanOrEqual(20);
    // The other stages are based on one of these.
    const outside = [...stages.values()]
      .map(({ from }) => from)
      .filter((from) => !stages.has(from));
    expect(new Set(outside)).toEqual(new Set(['node:$' + '{NODE_VERSION}-bookworm-slim']));
  });

  test.each(['api', 'worker'])(
    '%s: a user by its number, a check, its ports, its labels',
    (target) => {
      expect(lastOf(target, 'USER')?.getArgumentsContent()).toBe('10001:10001');
      expect(dockerfile).toContain('useradd --uid 10001 ');
      expect(execForm(stageInstruction(target, 'CMD'))).toEqual([
        'node',
        `apps/${target}/dist/main.js`,
      ]);
      expect(execForm(stageInstruction(target, 'HEALTHCHECK'))[0]).toBe('node');
      const { PORT, METRICS_PORT } = valuesOf(target, 'ENV');
      const exposed = lastOf(target, 'EXPOSE')?.getArguments().map(String);
      expect(exposed).toEqual(target === 'api' ? [PORT, METRICS_PORT] : [METRICS_PORT]);
      expect(Object.keys(valuesOf(target, 'LABEL'))).toEqual(
        ['title', 'description', 'licenses', 'version'].map(
          (name) => `org.opencontainers.image.${name}`,
        ),
      );
    },
  );

  test('has only the needed files in its context', () => {
    const files = filesOfContext(root);
    const manifests = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml'];
    expect([...new Set(files.map((file) => file.split('/')[0]))].sort()).toEqual(
      ['.swcrc', 'LICENSE', 'apps', 'config', 'packages', ...manifests].sort(),
    );
    expect(files).toContain('config/characters/texas.yml');
    const unwanted = /node_modules|\.test\.ts$|\/(test|dist)\/|\.env$/;
    expect(files.filter((file) => unwanted.test(file))).toEqual([]);
    for (const path of ['config/local.yml', 'apps/api/test/a.ts', 'docker/.env', '.git/HEAD']) {
      expect([path, dockerignoreOf(root)(path)]).toEqual([path, true]);
    }
    // An assumption of the search through the context.
    const lines = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
    expect(lines.filter((line) => /^!.*\//.test(line))).toEqual([]);
  });
});

function stageInstruction(target: string, keyword: string): Stage['instructions'][number] {
  const instruction = lastOf(target, keyword);
  if (!instruction) throw new Error(`${target} has no ${keyword}.`);
  return instruction;
}

describe('the compose file', () => {
  test('follows the compose specification and passes the linter', () => {
    const rules = {
      // Locally built images are named, so that they can be pulled from a registry instead.
      'no-build-and-image': 0,
      // It does not resolve variables in addresses; see “ports” below.
      'no-unbound-port-interfaces': 0,
      'require-quotes-in-ports': 0,
      // Matters of taste.
      'no-quotes-in-volumes': 0,
      'service-keys-order': 0,
      'services-alphabetical-order': 0,
      'top-level-properties-order': 0,
    } as const;
    const [result] = new DCLinter({ rules }).lintFiles([composeFile], false);
    expect(result?.messages).toEqual([]);
  });

  test('mounts existing files, and declares exactly what it uses', () => {
    const mounted = services.flatMap(([, { volumes = [] }]) =>
      volumes.map((each) => each.split(':')),
    );
    for (const [source = '', , mode] of mounted) {
      if (!source.startsWith('.')) continue;
      expect([source, existsSync(join(docker, source)), mode]).toEqual([source, true, 'ro']);
    }
    const used = (of: (service: (typeof services)[number][1]) => string[] | undefined) =>
      [...new Set(services.flatMap(([, service]) => of(service) ?? []))].sort();
    const named = mounted
      .map(([source = '']) => source)
      .filter((source) => !source.startsWith('.'));
    expect([...new Set(named)].sort()).toEqual(Object.keys(compose.volumes).sort());
    expect(used(({ secrets }) => secrets)).toEqual(Object.keys(compose.secrets).sort());
    expect(used(({ networks }) => networks)).toEqual(Object.keys(compose.networks).sort());
  });

  test('sets only known variables of our processes, with mounted files for secrets', () => {
    for (const [, { environment = {}, secrets = [] }] of ours) {
      const known = new Set(variablesOf(environment).map(({ name }) => name));
      const names = Object.keys(environment).map((name) => name.replace(/_FILE$/, ''));
      expect(names.filter((name) => !known.has(name))).toEqual([]);
      const asFiles = Object.values(environment).filter((value) =>
        value.startsWith('/run/secrets/'),
      );
      expect(asFiles.map((value) => value.slice('/run/secrets/'.length)).sort()).toEqual(secrets);
    }
    const others = services.flatMap(([, { environment = {}, secrets = [], command = [] }]) => {
      const text = JSON.stringify([environment, command]);
      return secrets.filter((secret) => !text.includes(`/run/secrets/${secret}`));
    });
    expect(others).toEqual([]);
  });

  test('gives our processes no unneeded privileges', () => {
    expect(ours.map(([name]) => name)).toEqual(['migrate', 'api', 'worker']);
    for (const [name, service] of ours) {
      expect(service).toMatchObject({
        read_only: true,
        init: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        mem_limit: expect.stringMatching(/^\d+m$/),
      });
      expect(service.user).toBeUndefined();
      expect(service.build).toMatchObject({ context: '..', dockerfile: 'docker/Dockerfile' });
      expect(stages.has(service.build?.target ?? '')).toBe(true);
      const written = service.volumes?.filter((each) => !each.endsWith(':ro')) ?? [];
      expect(written).toEqual(name === 'worker' ? ['backups:/data/backups'] : []);
      expect(service.tmpfs?.map((each) => each.split(':')[0])).toEqual(['/tmp']);
    }
  });

  test('supports any number of workers, and limits all services and their logs', () => {
    const { container_name, ports, deploy } = serviceOf(compose, 'worker');
    expect([container_name, ports, deploy]).toEqual([undefined, undefined, { replicas: '1' }]);
    expect(serviceOf(readCompose({ WORKERS: '5' }), 'worker').deploy?.replicas).toBe('5');
    for (const [name, service] of services) {
      expect(service.logging?.options).toEqual({ 'max-size': '10m', 'max-file': '5' });
      expect(service.mem_limit).toBeDefined();
      expect(service.restart).toBe(name === 'migrate' ? 'no' : 'unless-stopped');
      // Without a health check in the compose file, the one of the image is used; these two have one.
      const checked = service.healthcheck?.test ?? (name === 'mattermost' || service.build);
      expect([name, Boolean(checked)]).toEqual([name, true]);
    }
  });

  test('publishes ports on loopback by default', () => {
    const ports = services.flatMap(([, { ports = [] }]) => ports);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    expect(
      serviceOf(readCompose({ PUBLISH_ADDRESS: '10.0.0.1', API_PORT: '80' }), 'api').ports,
    ).toEqual(['10.0.0.1:80:3000']);
    for (const network of ['stores', 'mattermost']) {
      expect(compose.networks[network]?.internal).toBe(true);
    }
    const inTheOpen = services.filter(([, { networks }]) => networks?.includes('front'));
    expect(inTheOpen.map(([name]) => name)).not.toContain('postgres');
    expect(inTheOpen.map(([name]) => name)).not.toContain('redis');
  });

  test('matches the Dockerfile and the configuration of Prometheus and Grafana', () => {
    const { PORT, METRICS_PORT, TEXAS_HOME } = valuesOf('api', 'ENV');
    for (const name of ['api', 'worker']) {
      expect(serviceOf(compose, name).environment).toMatchObject({
        PORT,
        METRICS_PORT,
        TEXAS_HOME,
      });
    }
    expect(serviceOf(compose, 'api').ports?.[0]?.endsWith(`:${PORT}`)).toBe(true);
    for (const name of ['postgres', 'mattermost-postgres']) {
      expect(serviceOf(compose, name).image).toBe(
        `postgres:${argument('POSTGRES_MAJOR')}-bookworm`,
      );
    }
    const infra = (file: string) => parse(readFileSync(join(root, 'infra', file), 'utf8'));
    const asked = infra('prometheus/prometheus.yml').scrape_configs.flatMap(
      ({ dns_sd_configs }: { dns_sd_configs: { names: string[]; port: number }[] }) =>
        dns_sd_configs.map(({ names, port }) => [names, port]),
    );
    expect(asked).toEqual([
      [['api'], Number(METRICS_PORT)],
      [['worker'], Number(METRICS_PORT)],
    ]);
    const { datasources } = infra('grafana/provisioning/datasources/prometheus.yml');
    expect(datasources[0].url).toBe('http://prometheus:9090');
    const { providers } = infra('grafana/provisioning/dashboards/texas.yml');
    const mounts = serviceOf(compose, 'grafana').volumes ?? [];
    expect(mounts).toContain(`../infra/grafana/dashboards:${providers[0].options.path}:ro`);
  });

  test('gives a stopping process as much time as it may take', () => {
    const { server } = loadConfig({
      root,
      environment: { NODE_ENV: 'production', AUTHOR: 'offline' },
      needs: { database: false, redis: false },
    });
    const grace = (name: string) =>
      Number.parseInt(serviceOf(compose, name).stop_grace_period ?? '', 10);
    expect(grace('api')).toBeGreaterThan(server.shutdownSeconds);
    // After that time a worker aborts the remaining jobs and closes.
    expect(grace('worker')).toBeGreaterThan(server.shutdownSeconds + 5);
  });

  test('example.env has all of its variables', () => {
    const example = readFileSync(join(docker, 'example.env'), 'utf8');
    const named = [...example.matchAll(/^#([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [
      name,
      value,
    ]);
    expect(named.map(([name]) => name).sort()).toEqual([...composeVariables().keys()].sort());
    // Variables without a meaningful default.
    const examples = ['BACKUPS', 'TEXAS_REGISTRY', 'TEXAS_VERSION'];
    const defaults = Object.fromEntries(named.filter(([name = '']) => !examples.includes(name)));
    expect(Object.fromEntries(composeVariables())).toMatchObject(defaults);
  });
});
