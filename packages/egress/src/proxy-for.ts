import { type Destination, isLoopback, isPrivate, parseRule, type Rule } from './no-proxy.js';

/** HTTP_PROXY, HTTPS_PROXY and NO_PROXY; null if unset. */
export interface ProxySettings {
  /** URLs of the proxies for `http://` and `https://`. */
  readonly http: string | null;
  readonly https: string | null;
  /** Entries separated by commas or white space. */
  readonly noProxy: string | null;
}

/** Returns the URL of the proxy for a request; null for a direct request. */
export type ProxyFor = (url: URL) => string | null;

/** Receives a message for each invalid setting. */
export type Warn = (message: string) => void;

const expected =
  '*, host names, addresses and patterns such as 10.* (each also with a port), or subnets such as 10.0.0.0/8';

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/**
 * Requests to this machine and to the hosts of NO_PROXY are direct; if NO_PROXY is unset, also those to
 * private networks. An invalid entry is skipped with a warning.
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
