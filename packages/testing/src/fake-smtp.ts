import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export interface ReceivedMail {
  /** Of the envelope. */
  from: string;
  to: string[];
  /** Headers and body. */
  source: string;
}

export interface FakeSmtp {
  port: number;
  /** User and password of all login attempts. */
  readonly signIns: readonly { user: string; password: string }[];
  readonly mails: readonly ReceivedMail[];
  stop(): Promise<void>;
}

/** Starts a mail server on loopback, without TLS, that accepts all mail from clients with the password. */
export async function startFakeSmtp(password: string): Promise<FakeSmtp> {
  const signIns: { user: string; password: string }[] = [];
  const mails: ReceivedMail[] = [];
  const clients = new Set<Socket>();

  async function talk(client: Socket): Promise<void> {
    const say = (line: string) => client.write(`${line}\r\n`);
    let mail: ReceivedMail = { from: '', to: [], source: '' };
    let inText = false;
    say('220 fake ESMTP');
    for await (const line of createInterface({ input: client, crlfDelay: Infinity })) {
      const addressed = /<(.*)>/.exec(line)?.[1] ?? '';
      if (inText && line !== '.') mail.source += `${line}\n`;
      else if (inText) {
        inText = false;
        mails.push(mail);
        mail = { from: '', to: [], source: '' };
        say('250 2.0.0 taken as 4711');
      } else if (/^EHLO/i.test(line)) {
        say('250-fake');
        say('250 AUTH PLAIN');
      } else if (/^AUTH PLAIN/i.test(line)) {
        const [, user = '', given = ''] = decode(line.split(' ')[2] ?? '').split('\0');
        signIns.push({ user, password: given });
        say(given === password ? '235 welcome' : `535 5.7.8 not with ${given}`);
      } else if (/^MAIL/i.test(line)) {
        mail.from = addressed;
        say('250 ok');
      } else if (/^RCPT/i.test(line)) {
        mail.to.push(addressed);
        say('250 ok');
      } else if (/^DATA/i.test(line)) {
        inText = true;
        say('354 go on');
      } else if (/^QUIT/i.test(line)) {
        client.end('221 bye\r\n');
      } else say('502 unknown');
    }
  }

  const server = createServer((client) => {
    clients.add(client);
    client.on('error', () => client.destroy());
    client.on('close', () => clients.delete(client));
    void talk(client);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    signIns,
    mails,
    async stop() {
      for (const client of clients) client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const decode = (base64: string) => Buffer.from(base64, 'base64').toString();
