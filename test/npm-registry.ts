// A registry as npm expects one, as far as publishing and fetching go, in this process and on this machine only.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

export interface NpmRegistry {
  readonly url: string;
  /** What it lets publish. */
  readonly token: string;
  /** What makes npm use this registry, with its token. */
  readonly env: Readonly<Record<string, string>>;
  /** The tarballs that were published, as `name@version`. */
  readonly published: ReadonlyMap<string, Buffer>;
  close(): Promise<void>;
}

interface Publication {
  readonly versions: Readonly<Record<string, object>>;
  readonly 'dist-tags': Readonly<Record<string, string>>;
  readonly _attachments: Readonly<Record<string, { readonly data: string }>>;
}

const token = 'token-of-a-test';

export async function startRegistry(): Promise<NpmRegistry> {
  const published = new Map<string, Buffer>();
  const documents = new Map<string, object>();
  const server = createServer(async (request, response) => {
    const [name = '', version] = decodeURIComponent((request.url ?? '').slice(1)).split('/-/');
    const answer = (status: number, body: object | Buffer = {}) =>
      response.writeHead(status).end(Buffer.isBuffer(body) ? body : JSON.stringify(body));
    if (request.method === 'GET' && version) return answer(200, published.get(`${name}@${version}`));
    if (request.method === 'GET') return documents.has(name) ? answer(200, documents.get(name)) : answer(404);
    if (request.headers.authorization !== `Bearer ${token}`) return answer(401);
    keep(name, JSON.parse(await text(request)));
    return answer(201);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const place = mkdtempSync(join(tmpdir(), 'npm-registry-'));
  writeFileSync(join(place, 'npmrc'), `registry=http://${host}/\n//${host}/:_authToken=${token}\n`);

  function keep(name: string, { versions, 'dist-tags': tags, _attachments }: Publication): void {
    const [[version, described]] = Object.entries(versions) as [[string, object]];
    const tarball = Buffer.from(Object.values(_attachments)[0]?.data ?? '', 'base64');
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    const dist = { integrity, tarball: `http://${host}/${name}/-/${version}` };
    published.set(`${name}@${version}`, tarball);
    documents.set(name, { name, 'dist-tags': tags, versions: { [version]: { ...described, dist } } });
  }

  return {
    url: `http://${host}/`,
    token,
    env: { npm_config_userconfig: join(place, 'npmrc'), npm_config_cache: join(place, 'cache') },
    published,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
      rmSync(place, { recursive: true });
    },
  };
}
