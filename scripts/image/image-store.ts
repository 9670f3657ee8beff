/** buildah with a store of its own, so that nothing of the machine's images is used, changed or left behind. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { mustRun, runProgram } from '../run-program.ts';

export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly WorkingDir: string;
  readonly Entrypoint: readonly string[];
  readonly Healthcheck?: { readonly Test: readonly string[] };
}

export interface WorkingContainer {
  /** Its root file system, mounted. */
  readonly root: string;
  /** Makes an image of it. */
  commit(name: string, environment: Readonly<Record<string, string>>): Promise<void>;
}

interface BuildOptions {
  readonly dockerfile: string;
  readonly name: string;
  /** Folders of this machine that the build sees in the place of its own: caches, as a builder keeps them. */
  readonly caches: Readonly<Record<string, string>>;
}

const MINUTES = 60_000;

export class ImageStore implements AsyncDisposable {
  readonly #options: readonly string[];
  readonly #folder: string;

  private constructor(folder: string, driver: string) {
    this.#folder = folder;
    this.#options = ['--root', join(folder, 'store'), '--runroot', join(folder, 'run'), '--storage-driver', driver];
  }

  /** `overlay` copies nothing; where the file system below cannot carry it, `vfs` does, slower. */
  static async create(workshop: string): Promise<ImageStore> {
    const folder = mkdtempSync(join(workshop, 'images-'));
    const overlay = new ImageStore(folder, 'overlay');
    if ((await runProgram('buildah', [...overlay.#options, 'info'])).code === 0) return overlay;
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    return new ImageStore(folder, 'vfs');
  }

  async containerFrom(image: string): Promise<WorkingContainer> {
    const name = await this.#buildah('from', '--pull-never', image);
    return {
      root: await this.#buildah('mount', name),
      commit: async (target, environment) => {
        const pairs = Object.entries(environment).flatMap(([key, value]) => ['--env', `${key}=${value}`]);
        await this.#buildah('config', ...pairs, name);
        await this.#buildah('commit', '--quiet', '--rm', name, target);
      },
    };
  }

  /** Exactly the recipe for a machine without a daemon in docs/deployment.md, with caches. */
  async build({ dockerfile, name, caches }: BuildOptions): Promise<void> {
    const volumes = Object.entries(caches).flatMap(([here, there]) => ['--volume', `${here}:${there}`]);
    const recipe = ['--format=docker', '--isolation=chroot', '-f', dockerfile, '-t', name];
    await this.#buildah('build', '--pull-never', '--network=host', ...volumes, ...recipe, '.');
  }

  async config(image: string): Promise<ImageConfig> {
    const { Docker } = JSON.parse(await this.#buildah('inspect', '--type=image', image)) as {
      Docker: { config: ImageConfig };
    };
    return Docker.config;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await runProgram('buildah', [...this.#options, 'rm', '--all']);
    // Mounted under its own store while it is in use, which would keep the folder from going.
    await runProgram('umount', [join(this.#folder, 'store', 'overlay')]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #buildah(...args: string[]): Promise<string> {
    const { stdout } = await mustRun('buildah', [...this.#options, ...args], { timeoutMs: 30 * MINUTES });
    return stdout.trim();
  }
}
