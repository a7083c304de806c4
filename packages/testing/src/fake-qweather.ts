import { type LoopbackServer, startLoopbackServer } from './loopback-server.js';

/** One day of QWeather's response, whose values are all strings, without unused fields. */
export interface QWeatherDay {
  fxDate: string;
  tempMax: string;
  tempMin: string;
  iconDay: string;
  textDay: string;
  iconNight: string;
  textNight: string;
}

export interface QWeatherResponse {
  status: number;
  /** A string is sent as it is, anything else as JSON. */
  body: unknown;
}

export interface FakeQWeather extends LoopbackServer {
  /** All requests so far. */
  readonly requests: readonly {
    path: string;
    query: Record<string, string>;
    key: string | undefined;
  }[];
  /** Sets the responses to the next requests, one each, then the forecast again; `hang` never responds. */
  respondWith(...answers: readonly (QWeatherResponse | 'hang')[]): void;
}

/** Starts a server on loopback with these days at `GET /v7/weather/7d`. */
export async function startFakeQWeather(daily: readonly QWeatherDay[]): Promise<FakeQWeather> {
  const requests: FakeQWeather['requests'][number][] = [];
  let queue: (QWeatherResponse | 'hang')[] = [];
  const forecast: QWeatherResponse = { status: 200, body: { code: '200', daily } };
  const unknown: QWeatherResponse = { status: 404, body: 'not found' };

  const server = await startLoopbackServer(0, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const key = request.headers['x-qw-api-key'];
    requests.push({
      path: pathname,
      query: Object.fromEntries(searchParams),
      key: typeof key === 'string' ? key : undefined,
    });
    const answer = queue.shift() ?? (pathname === '/v7/weather/7d' ? forecast : unknown);
    if (answer === 'hang') return;
    const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(body);
  });

  return {
    url: server.url,
    stop: server.stop,
    requests,
    respondWith: (...answers) => {
      queue = [...answers];
    },
  };
}
