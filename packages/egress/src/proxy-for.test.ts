import { beforeEach, describe, expect, test } from '@jest/globals';
import { makeProxyFor, type ProxySettings } from './proxy-for.js';

const proxies = { http: 'http://plain.proxy:3128', https: 'http://secure.proxy:3129' };
let warnings: string[];
const ask = (url: string, settings: Partial<ProxySettings> = {}) =>
  makeProxyFor({ ...proxies, noProxy: null, ...settings }, (message) => warnings.push(message))(
    new URL(url),
  );

beforeEach(() => {
  warnings = [];
});

describe('a request', () => {
  test('goes through the proxy of its scheme, or directly if there is none', () => {
    expect(ask('http://example.org')).toBe(proxies.http);
    expect(ask('https://example.org')).toBe(proxies.https);
    expect(ask('https://example.org', { https: null })).toBeNull();
    expect(ask('http://example.org', { http: null })).toBeNull();
    expect(ask('smtp://example.org')).toBeNull();
  });

  const local = ['localhost', 'LOCALHOST', 'a.localhost', '127.0.0.1', '127.9.9.9', '[::1]'];
  test.each(local)('to this machine, %s, is never proxied', (host) => {
    expect(ask(`http://${host}:9000/`)).toBeNull();
    expect(ask(`https://${host}/`, { noProxy: 'example.org' })).toBeNull();
  });

  const privateHosts = [
    'minio',
    'store.local',
    's3.internal',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.1.9',
  ];
  test.each([...privateHosts, '169.254.169.254', '100.64.0.1', '[fd00::1]', '[fe80::1]'])(
    'to the private host %s is proxied only if NO_PROXY is set without it',
    (host) => {
      expect(ask(`http://${host}:9000/`)).toBeNull();
      expect(ask(`http://${host}:9000/`, { noProxy: 'example.org' })).toBe(proxies.http);
      expect(ask(`http://${host}:9000/`, { noProxy: host })).toBeNull();
    },
  );

  test.each(['8.8.8.8', '172.32.0.1', '11.0.0.1', '[2001:db8::1]', 'local', 'a.localhost.org'])(
    'to %s is proxied',
    (host) => {
      expect(ask(`https://${host}/`, { noProxy: ' , ' })).toBe(proxies.https);
    },
  );
});

describe('NO_PROXY', () => {
  test.each([
    ['*', 'https://anything.example'],
    ['example.org', 'https://example.org'],
    ['example.org', 'https://api.example.org:8443'],
    ['.example.org', 'https://api.example.org'],
    ['.example.org', 'https://example.org'],
    ['*.example.org', 'https://api.example.org'],
    ['Example.ORG.', 'https://api.example.org.'],
    ['other.org, example.org', 'https://example.org'],
    ['other.org example.org', 'https://example.org'],
    ['example.org:443', 'https://example.org'],
    ['example.org:8443', 'https://api.example.org:8443'],
    ['203.0.113.7', 'https://203.0.113.7'],
    ['203.0.113.7:8443', 'https://203.0.113.7:8443'],
    ['203.0.113.0/24', 'https://203.0.113.7:8443'],
    ['2001:db8::1', 'https://[2001:db8::1]'],
    ['2001:db8:0::1', 'https://[2001:DB8::1]'],
    ['[2001:db8::1]:8443', 'https://[2001:db8::1]:8443'],
    ['2001:db8::/32', 'https://[2001:db8:1::9]'],
    ['10.*', 'https://10.1.2.3'],
    ['192.168.*', 'https://192.168.1.9:8443'],
    ['192.168.*.*:443', 'https://192.168.1.9'],
    ['example.*', 'https://example.org'],
    ['api-*.example.org', 'https://api-1.example.org'],
    ['203.0.113.7:*', 'https://203.0.113.7:8443'],
    ['*:443', 'https://example.org'],
    ['bücher.example', 'https://www.bücher.example'],
  ])('%s makes requests to %s direct', (noProxy, url) => {
    expect(ask(url, { noProxy })).toBeNull();
    expect(warnings).toEqual([]);
  });

  test.each([
    ['example.org', 'https://notexample.org'],
    ['example.org', 'https://example.org.evil.example'],
    ['example.org:8443', 'https://example.org'],
    ['203.0.113.0/24', 'https://203.0.114.7'],
    ['203.0.113.0/24', 'https://name.example'],
    ['203.0.113.7', 'https://203.0.113.70'],
    ['[2001:db8::1]:8443', 'https://[2001:db8::1]'],
    ['2001:db8::/32', 'https://[2001:db9::1]'],
    ['10.*', 'https://110.1.2.3'],
    ['10.*', 'https://10.evil.example'],
    ['example.*', 'https://notexample.org'],
    ['a*c.example', 'https://abxexample'],
  ])('%s does not match %s', (noProxy, url) => {
    expect(ask(url, { noProxy })).toBe(proxies.https);
  });

  test.each([
    ...['10.0.0.0/99', '10.0.0.0/', '0/0', 'name/8', 'http://example.org', '[example]', 'a:b:c'],
    ...['<local>', 'a;b', '10.0.0', '999.1.1.1'],
  ])('skips the invalid entry %s with one warning', (entry) => {
    const noProxy = `${entry},example.org ${entry}`;
    expect(ask('https://other.example', { noProxy })).toBe(proxies.https);
    expect(warnings).toEqual([
      expect.stringContaining(`NO_PROXY or proxy.noProxy: "${entry}" is ignored, expected *, host`),
    ]);
    expect(ask('https://example.org', { noProxy })).toBeNull();
  });
});
