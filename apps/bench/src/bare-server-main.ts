import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import express from 'express';

// Serves the bytes of one file: `bare-server-main.js http|express PORT FILE`.

const [kind, port, file] = process.argv.slice(2);
const bytes = readFileSync(file ?? '');
const type = 'application/json; charset=utf-8';
if (kind === 'express') {
  const app = express();
  app.get('/{*path}', (_request, response) => {
    response.type(type).send(bytes);
  });
  app.listen(Number(port), '127.0.0.1');
} else {
  createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': type, 'Content-Length': bytes.length });
    response.end(bytes);
  }).listen(Number(port), '127.0.0.1');
}
