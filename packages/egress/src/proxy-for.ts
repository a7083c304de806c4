import { TexasError } from '@texas-ai/kernel';
import { type Destination, isLoopback, isPrivate, parseRule, type Rule } from './no-proxy.js';

/** What HTTP_PROXY, HTTPS_PROXY and NO_PROXY say; null where one is not set. */
export interface ProxySettings {
  /** URL of the proxy for `http://` and for `https://`. */
  readonly http: string | null;
  readonly https: string | null;
  /** Entries separated by commas or white space. */
  readonly noProxy: string | null;
}

/** The URL of the proxy that a request to this URL goes through; null where it goes directly. */
export type ProxyFor = (url: URL) => string | null;

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/**
 * What is on this machine is never proxied. What NO_PROXY names is not either; where it is not set, neither is
 * what only a private network can reach. Throws `config_invalid` for an entry that says nothing.
 */
export function makeProxyFor({ http, https, noProxy }: ProxySettings): ProxyFor {
  const rules: Rule[] = [isLoopback, ...(noProxy === null ? [isPrivate] : rulesOf(noProxy))];
  return (url) => {
    const proxy = url.protocol === 'https:' ? https : url.protocol === 'http:' ? http : null;
    const destination = destinationOf(url);
    return rules.some((rule) => rule(destination)) ? null : proxy;
  };
}

function destinationOf({ hostname, port, protocol }: URL): Destination {
  const host = hostname.toLowerCase().replace(/^\[(.*)\]$|\.$/g, '$1');
  return { host, port: port || (defaultPorts[protocol] ?? '') };
}

function rulesOf(noProxy: string): Rule[] {
  return noProxy
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .map((entry) => {
      const rule = parseRule(entry);
      if (rule) return rule;
      const expected =
        'expected *, host names and addresses (each also with a port), and subnets such as 10.0.0.0/8';
      throw new TexasError('config_invalid', 'NO_PROXY is not valid.', {
        details: { problems: [`NO_PROXY or proxy.noProxy: ${expected}, got ${entry}`] },
      });
    });
}
