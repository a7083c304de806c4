import { TexasError } from '@texas-ai/kernel';
import { type RequestHandler, Router } from 'express';
// The package's index would load all of swagger-ui into memory.
import swaggerUiFolder from 'swagger-ui-dist/absolute-path.js';
import { pageHeaders } from '../transport/response.js';

// Swagger UI, self-hosted, so that it works offline.

const pageHtml = (basePath: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Texas AI · API</title>
<link rel="stylesheet" href="${basePath}/docs/assets/swagger-ui.css">
<link rel="icon" type="image/png" href="${basePath}/docs/assets/favicon-32x32.png">
</head>
<body>
<div id="document"></div>
<script src="${basePath}/docs/assets/swagger-ui-bundle.js"></script>
<script src="${basePath}/docs/assets/start.js"></script>
</body>
</html>
`;

const startScript = (basePath: string) => `SwaggerUIBundle({
  url: '${basePath}/openapi.json',
  dom_id: '#document',
  deepLinking: true,
  displayRequestDuration: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: true,
  validatorUrl: null,
});
`;

const assets = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

/** Serves `/docs` and its assets. */
export function docsPage(basePath: string): RequestHandler {
  const page = pageHtml(basePath);
  const folder = swaggerUiFolder();
  const router = Router();
  router.use(pageHeaders);
  router.get('/', (_request, response) => {
    response.type('html').send(page);
  });
  router.get('/assets/start.js', (_request, response) => {
    response.type('js').send(startScript(basePath));
  });
  router.get('/assets/:file', (request, response, next) => {
    const file = assets.find((name) => name === request.params.file);
    if (file === undefined) return next();
    return response.sendFile(file, { root: folder, maxAge: '1h' });
  });
  router.all('/{*path}', (request, response, next) => {
    const allowed = 'GET, HEAD, OPTIONS';
    if (request.method === 'GET' || request.method === 'HEAD') return next();
    response.set('Allow', allowed);
    if (request.method === 'OPTIONS') return void response.status(204).end();
    return next(new TexasError('method_not_allowed', `Allowed here: ${allowed}.`));
  });
  return router;
}
