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

export interface Egress {
  /** For clients with their own agents, such as the one for S3; null without a proxy. */
  readonly agent: http.Agent | null;
  close(): Promise<void>;
}

/**
 * Sends the requests of `fetch` and of the default agents of `node:http` and `node:https` through the
 * proxies, as NODE_USE_ENV_PROXY does in later versions of Node. Without proxies it changes nothing.
 * Connections to databases, Redis and mail servers are not proxied.
 */
export function useProxy(settings: ProxySettings, warn: Warn): Egress {
  if (settings.http === null && settings.https === null) {
    return { agent: null, close: async () => undefined };
  }
  const proxyFor = makeProxyFor(settings, warn);
  const original = { http: http.globalAgent, https: https.globalAgent };
  const agent = proxyingAgent(proxyFor, original);
  http.globalAgent = agent;
  https.globalAgent = agent as https.Agent;
  const restoreFetch = proxyFetch(proxyFor);
  return {
    agent,
    async close() {
      http.globalAgent = original.http;
      https.globalAgent = original.https;
      agent.destroy();
      await restoreFetch();
    },
  };
}

/**
 * Chooses a proxy for each connection. The constructor has no parameters, because Node creates another
 * instance for a request with `agent: false`.
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

/** Returns a function that restores the original `fetch`. */
function proxyFetch(proxyFor: ProxyFor): () => Promise<void> {
  // Loaded here, since loading it replaces the dispatcher of Node's own fetch.
  const undici: typeof import('undici') = createRequire(import.meta.url)('undici');
  const original = undici.getGlobalDispatcher();
  const connectTls = undici.buildConnector({});
  /** undici's ProxyAgent retries endlessly if a proxy hangs up: nodejs/undici#3897. */
  function connectThrough(proxy: URL): buildConnector.connector {
    return (options, callback) => {
      const { protocol, port, host = options.hostname } = options;
      openTunnel(proxy, port ? host : `${host}:${protocol === 'https:' ? 443 : 80}`).then(
        (httpSocket) => {
          if (protocol === 'https:') connectTls({ ...options, httpSocket }, callback);
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
      // Plain requests are not tunnelled, since many proxies refuse tunnels to port 80.
      const isPlain = url.protocol === 'http:' && uri.startsWith('http:');
      if (isPlain) return new undici.ProxyAgent({ uri, proxyTunnel: false });
      return new undici.Pool(origin, { ...options, connect: connectThrough(new URL(uri)) });
    },
  });
  undici.setGlobalDispatcher(dispatcher);
  return async () => {
    undici.setGlobalDispatcher(original);
    await dispatcher.destroy();
  };
}
