/** Three built servers with one Redis, behind nginx as round robin; each is started and ended here, by its own process id. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

import { canRunRedis, RedisProcess } from '../harness/redis-process.ts';
import { freePort, scratch, startHttpServer, type HttpServerProcess, type Scratch } from '../harness/server-process.ts';

const isInstalled = (program: string, ...args: readonly string[]): boolean => spawnSync(program, args).status === 0;

export const canRun: boolean = canRunRedis && isInstalled('nginx', '-v');

const ONE_LIMIT = 'requests: 60, window: 60, burst: 60';

/** A tool that starts no program, so that many calls a second measure the servers. */
const module = `
import { defineTool, fromJsonSchema } from '@mcp/server';
const input = fromJsonSchema({ type: 'object', properties: { word: { type: 'string' } }, required: ['word'] });
export const tools = [
  defineTool({ name: 'say', description: 'Says its word', input, limits: { concurrency: 100, queue: { size: 1000 } }, run: ({ word }) => word }),
];
`;

/** Of every server. */
export const configuration = (rateLimit: string): string => `
security:
  allowedTargets: [loopback]
  allowedHosts: [mcp.test]
  rateLimit: { ${rateLimit} }
tools:
  shout:
    description: Prints its word
    command: echo
    args: ['{word}']
    parameters: { word: { type: string, maxLength: 40 } }
  shout_confirmed:
    description: Prints its word once a person has allowed it
    command: echo
    args: ['{word}']
    confirm: always
    parameters: { word: { type: string, maxLength: 40 } }
  slow:
    description: Takes its time
    command: sleep
    args: ['{seconds}']
    parameters: { seconds: { type: integer, min: 1, max: 60 } }
`;

export class Cluster implements AsyncDisposable {
  readonly servers: HttpServerProcess[] = [];
  readonly #place: Scratch = scratch();
  readonly #ports: number[] = [];
  readonly #more: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #modules: Readonly<Record<string, string>>;
  redis: RedisProcess | undefined;
  #nginx: ChildProcess | undefined;
  /** The address of the load balancer. */
  url = '';

  /**
   * @param more tools of every server, and what follows them in the configuration
   * @param env of every server
   * @param modules of every server, by the name of their file
   */
  constructor(more = '', env: Readonly<Record<string, string>> = {}, modules: Readonly<Record<string, string>> = {}) {
    this.#more = more;
    this.#env = env;
    this.#modules = { 'say.mjs': module, ...modules };
  }

  async start(rateLimit = ONE_LIMIT): Promise<this> {
    for (const [name, text] of Object.entries(this.#modules)) this.#place.write(name, text);
    const names = Object.keys(this.#modules).map((name) => `./${name}`);
    this.#place.write('config.yaml', `${configuration(rateLimit)}${this.#more}modules: [${names.join(', ')}]\n`);
    this.redis = await RedisProcess.start();
    for (let index = 0; index < 3; index++) this.#ports.push(await freePort());
    for (const index of this.#ports.keys()) await this.startServer(index);
    await this.#startNginx();
    return this;
  }

  async killRedis(): Promise<void> {
    await this.redis?.kill();
  }

  /** Answers of the engine come too late, again and again, until the time is over. */
  async slowRedis(ms: number): Promise<void> {
    for (const endMs = performance.now() + ms; performance.now() < endMs;) {
      this.pauseRedis(400);
      await new Promise((resolve) => setTimeout(resolve, 600));
    }
  }

  pauseRedis(ms: number): void {
    this.redis?.command('client', 'pause', `${ms}`);
  }

  async startServer(index: number, env: Record<string, string> = {}): Promise<void> {
    this.servers[index] = await startHttpServer({
      configFile: `${this.#place.folder}/config.yaml`,
      port: this.#ports[index] ?? 0,
      env: {
        MCP_CLUSTER_URL: this.redis?.url ?? '',
        MCP_CLUSTER_SECRETS: 'b5c1f6a2d4e8907734ab12cd56ef9081',
        MCP_CLUSTER_REPLICA: `replica-${index}`,
        MCP_SERVER_DRAIN_DELAY: '2',
        ...this.#env,
        ...env,
      },
    });
  }

  /** One server after the other, as a rolling update does. */
  async restartAll(): Promise<void> {
    for (const index of this.servers.keys()) {
      await this.servers[index]?.stop();
      await this.startServer(index);
    }
  }

  async kill(index: number): Promise<void> {
    this.servers[index]?.process.kill('SIGKILL');
    await this.servers[index]?.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await ended(this.#nginx, 'SIGTERM');
    for (const server of this.servers) server.process.kill('SIGKILL');
    for (const server of this.servers) await server.stop();
    await this.killRedis();
    this.#place[Symbol.dispose]();
  }

  async #startNginx(): Promise<void> {
    const port = await freePort();
    const { folder } = this.#place;
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const file = this.#place.write(
      'nginx.conf',
      `daemon off;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  upstream servers {
    ${this.#ports.map((each) => `server 127.0.0.1:${each} fail_timeout=1s;`).join('\n    ')}
    keepalive 16;
    keepalive_timeout 1s;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://servers;
      proxy_http_version 1.1;
      proxy_set_header Host mcp.test;
      proxy_set_header Connection "";
      proxy_buffering off;
    }
  }
}
`,
    );
    this.#nginx = spawn('nginx', ['-p', folder, '-c', file], { stdio: 'ignore' });
    this.url = `http://127.0.0.1:${port}`;
    for (;;) {
      const answer = await fetch(`${this.url}/health/live`).catch(() => undefined);
      if (answer?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function ended(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}
