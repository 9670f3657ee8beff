import { loadDashboardFiles, PAGE, type DashboardFile } from './dashboard-files.ts';
import { problem, problemResponse } from '../../../../foundation/problem-details.ts';
import type { HttpContext } from '../../routing/request-context.ts';
import type { Route } from '../../routing/route.ts';

/**
 * The page may load and fetch from this server only: no inline script or style, no other host, no frame, no form
 * submission, and no conversion of strings to HTML (Trusted Types without a policy).
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

const pageHeaders = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  // Cached, but revalidated each time: the files refer to each other by plain names and change together.
  'cache-control': 'no-cache',
};

type Files = ReadonlyMap<string, DashboardFile>;

/** `GET /` and the files of the page. Open, since they contain no data: the page fetches that with a key. */
export function dashboardRoutes(load: () => Promise<Files> = loadDashboardFiles): Route[] {
  let files: Promise<Files> | undefined;
  const serve = async (context: HttpContext, path: string): Promise<Response> => {
    try {
      const file = (await (files ??= load())).get(path);
      return file ? fileResponse(file, context.req.header('if-none-match')) : noSuchFile();
    } catch {
      // The next request tries again: they may be built meanwhile.
      files = undefined;
      return notBuilt();
    }
  };
  const fileAt = (path: Route['path'], operation: string): Route => ({
    method: 'GET',
    path,
    scope: 'open',
    operation,
    summary: 'A script, style sheet or image of the dashboard',
    responses: { 200: { description: 'The file', contentType: '*/*' }, 404: { description: 'No such file' } },
    handle: (context) => serve(context, pathOf(context.req.param())),
  });
  return [
    {
      method: 'GET',
      path: '/',
      scope: 'open',
      operation: 'dashboard',
      summary: 'The dashboard: a page without data that asks for a key',
      responses: { 200: { description: 'The page', contentType: 'text/html' } },
      handle: (context) => serve(context, PAGE),
    },
    fileAt('/dashboard/:file', 'dashboard_file'),
    fileAt('/dashboard/:folder/:file', 'dashboard_folder_file'),
  ];
}

function pathOf({ folder, file = '' }: Readonly<Record<string, string>>): string {
  return folder === undefined ? file : `${folder}/${file}`;
}

function fileResponse({ body, contentType, etag }: DashboardFile, ifNoneMatch: string | undefined): Response {
  const headers = { ...pageHeaders, etag };
  const known = ifNoneMatch?.split(',').some((tag) => tag.trim().replace(/^W\//u, '') === etag) ?? false;
  if (known) return new Response(null, { status: 304, headers });
  return new Response(shared(body), { headers: { ...headers, 'content-type': contentType } });
}

/** A response copies bytes that it is given, so many clients that read slowly would hold as many copies of a file. */
function shared(bytes: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}

function noSuchFile(): Response {
  return problemResponse(problem(404, 'not_found', 'The dashboard has no such file.'));
}

function notBuilt(): Response {
  return problemResponse(
    problem(503, 'dashboard_missing', 'The files of the dashboard cannot be read.', {
      suggestion: 'Build the server, or install the package again.',
    }),
  );
}
