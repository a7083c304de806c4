import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import { isIPv6 } from 'node:net';
import { Agent, type AgentConnectOpts } from 'agent-base';
import { HttpProxyAgent } from 'http-proxy-agent';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { buildConnector } from 'undici';
import { makeProxyFor, type ProxyFor, type ProxySettings, type Warn } from './proxy-for.js';
import { openTunnel } from './tunnel.js';

/** How requests leave this process. */
export interface Egress {
  /** For clients that bring agents of their own, as that of S3 does; null where nothing is proxied. */
  readonly agent: http.Agent | null;
  close(): Promise<void>;
}

/**
 * From now on whatever this process asks by `fetch` or by the default agents of `node:http` and `node:https`
 * goes through the proxies, as NODE_USE_ENV_PROXY has it in later versions of Node. Does nothing where there
 * are none. Connections to databases, Redis and mail servers are no requests and are not proxied.
 */
export function useProxy(settings: ProxySettings, warn: Warn): Egress {
  if (settings.http === null && settings.https === null) {
    return { agent: null, close: async () => undefined };
  }
  const proxyFor = makeProxyFor(settings, warn);
  const before = { http: http.globalAgent, https: https.globalAgent };
  const agent = proxyingAgent(proxyFor, before);
  http.globalAgent = agent;
  https.globalAgent = agent as https.Agent;
  const endFetch = proxyFetch(proxyFor);
  return {
    agent,
    async close() {
      http.globalAgent = before.http;
      https.globalAgent = before.https;
      agent.destroy();
      await endFetch();
    },
  };
}

/**
 * Chooses for each connection. Its class takes no arguments, because Node makes another agent of it for a
 * request with `agent: false`.
 */
function proxyingAgent(
  proxyFor: ProxyFor,
  direct: { http: http.Agent; https: https.Agent },
): http.Agent {
  class ProxyingAgent extends Agent {
    override async connect(_request: http.ClientRequest, options: AgentConnectOpts) {
      const { secureEndpoint, host = 'localhost', port } = options;
      const authority = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
      const proxy = proxyFor(new URL(`${secureEndpoint ? 'https' : 'http'}://${authority}`));
      if (proxy === null) return secureEndpoint ? direct.https : direct.http;
      return secureEndpoint ? new HttpsProxyAgent(proxy) : new HttpProxyAgent(proxy);
    }
  }
  return new ProxyingAgent();
}

/** Returns what ends it. */
function proxyFetch(proxyFor: ProxyFor): () => Promise<void> {
  // Loaded only here, since to load it replaces what Node's own fetch goes through.
  const undici: typeof import('undici') = createRequire(import.meta.url)('undici');
  const before = undici.getGlobalDispatcher();
  const secured = undici.buildConnector({});
  /** Its own ProxyAgent asks a proxy that hangs up again and again: nodejs/undici#3897. */
  function through(proxy: URL): buildConnector.connector {
    return (options, callback) => {
      const { protocol, port, host = options.hostname } = options;
      openTunnel(proxy, port ? host : `${host}:${protocol === 'https:' ? 443 : 80}`).then(
        (httpSocket) => {
          if (protocol === 'https:') secured({ ...options, httpSocket }, callback);
          else callback(null, httpSocket);
        },
        (failure: Error) => callback(failure, null),
      );
    };
  }
  const dispatcher = new undici.Agent({
    factory(origin, options) {
      const url = new URL(origin);
      const uri = proxyFor(url);
      if (uri === null) return new undici.Pool(origin, options);
      // What is not encrypted is asked of the proxy itself: many do not tunnel to port 80.
      const isPlain = url.protocol === 'http:' && uri.startsWith('http:');
      if (isPlain) return new undici.ProxyAgent({ uri, proxyTunnel: false });
      return new undici.Pool(origin, { ...options, connect: through(new URL(uri)) });
    },
  });
  undici.setGlobalDispatcher(dispatcher);
  return async () => {
    undici.setGlobalDispatcher(before);
    await dispatcher.destroy();
  };
}
