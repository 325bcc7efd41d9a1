import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { consoleMailer, smtpMailer } from '../../src/app/mailer.js';
import { createLogger } from '../../src/http/logger.js';

/** What a mail server was told, line by line; it refuses the mailbox of nobody. */
const said: string[] = [];

function talk(socket: Socket): void {
  let inData = false;
  let rest = '';
  const reply = (line: string): void => {
    if (inData) {
      if (line !== '.') return;
      inData = false;
      return void socket.write('250 taken\r\n');
    }
    if (line.startsWith('EHLO')) return void socket.write('250 mail.test\r\n');
    if (line.startsWith('RCPT') && line.includes('nobody')) return void socket.write('550 no\r\n');
    if (line === 'DATA') {
      inData = true;
      return void socket.write('354 go on\r\n');
    }
    socket.write('250 ok\r\n');
  };
  socket.setEncoding('utf8').write('220 mail.test\r\n');
  socket.on('data', (text: string) => {
    const lines = (rest + text).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      said.push(line);
      reply(line);
    }
  });
  socket.on('error', () => socket.destroy());
}

const server = createServer(talk);
let url: string;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

const mail = {
  to: 'mina@example.com',
  subject: '1234 5678 is your code',
  text: 'Your code is 1234 5678\n',
};

test('A mail reaches the mail server for the one mailbox, as plain text', async () => {
  const mailer = smtpMailer(url, 'Stellar Memory <no-reply@example.com>');
  await mailer.send(mail);
  mailer.close();
  expect(said).toContain('MAIL FROM:<no-reply@example.com>');
  expect(said.filter((line) => line.startsWith('RCPT'))).toEqual(['RCPT TO:<mina@example.com>']);
  expect(said).toContain('Subject: 1234 5678 is your code');
  expect(said).toContain('Your code is 1234 5678');
});

test('A mail that is not taken, or a server that is not there, is an error', async () => {
  const mailer = smtpMailer(url, 'no-reply@example.com');
  await expect(mailer.send({ ...mail, to: 'nobody@example.com' })).rejects.toThrow(/550/);
  mailer.close();
  const gone = smtpMailer('smtp://127.0.0.1:1', 'no-reply@example.com');
  await expect(gone.send(mail)).rejects.toThrow(/ECONNREFUSED/);
  gone.close();
});

test('Without a mail server the code is in the log', async () => {
  const lines: string[] = [];
  const logger = createLogger('warn', { write: (line) => void lines.push(line) });
  await consoleMailer(logger).send(mail);
  expect(lines.join('')).toContain('mail to mina@example.com: 1234 5678 is your code');
});
