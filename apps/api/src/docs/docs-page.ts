import { TexasError } from '@texas-ai/kernel';
import { type RequestHandler, Router } from 'express';
// Not the package's index, which loads the whole page into this process.
import folderOfSwaggerUi from 'swagger-ui-dist/absolute-path.js';
import { pageHeaders } from '../transport/headers.js';

// The document for reading, by swagger-ui, all of it from here: it works without the internet.

const pageBelow = (basePath: string) => `<!doctype html>
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

const startScriptBelow = (basePath: string) => `SwaggerUIBundle({
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

/** The page `/docs`, reached below the base path, and what it loads. */
export function docsPage(basePath: string): RequestHandler {
  const page = pageBelow(basePath);
  const startScript = startScriptBelow(basePath);
  const folder = folderOfSwaggerUi();
  const router = Router();
  router.use(pageHeaders);
  router.get('/', (_request, response) => {
    response.type('html').send(page);
  });
  router.get('/assets/start.js', (_request, response) => {
    response.type('js').send(startScript);
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
