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

/** Told what of the settings has no effect. */
export type Warn = (message: string) => void;

const expected =
  '*, host names, addresses and patterns such as 10.* (each also with a port), or subnets such as 10.0.0.0/8';

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/**
 * What is on this machine is never proxied. What NO_PROXY names is not either; where it is not set, neither is
 * what only a private network can reach. An entry that can match nothing is skipped with a warning.
 */
export function makeProxyFor({ http, https, noProxy }: ProxySettings, warn: Warn): ProxyFor {
  const rules: Rule[] = [isLoopback, ...(noProxy === null ? [isPrivate] : rulesOf(noProxy, warn))];
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

function rulesOf(noProxy: string, warn: Warn): Rule[] {
  const entries = new Set(noProxy.split(/[\s,]+/).filter((entry) => entry !== ''));
  return [...entries].flatMap((entry) => {
    const rule = parseRule(entry);
    if (rule) return rule;
    warn(`NO_PROXY or proxy.noProxy: ${JSON.stringify(entry)} is ignored, expected ${expected}`);
    return [];
  });
}
