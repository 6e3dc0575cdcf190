import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address && typeof address === 'object') resolve(address.port);
        else reject(new Error('no free port'));
      });
    });
  });
}

/** program finds what `make build` made, or builds it with the pages that are in dist. */
function program(): string {
  const given = process.env.OUTFITTER_BIN ?? join(root, 'bin/outfitter');
  if (existsSync(given)) return given;
  const made = join(mkdtempSync(join(tmpdir(), 'outfitter-bin-')), 'outfitter');
  const build = spawnSync('go', ['build', '-o', made, './cmd/outfitter'], { cwd: root, stdio: 'inherit' });
  if (build.status !== 0) throw new Error('e2e: the program does not build; see above');
  return made;
}

type SignIn = { url: string; name: string; password: string };

/** start makes the demo company in a folder of its own and waits until the server says how to sign in. */
function start(binary: string, data: string, port: number): Promise<{ child: ChildProcess; signIn: SignIn }> {
  return new Promise((resolve, reject) => {
    const child = spawn(binary, ['demo', '--data', data, '--listen', `127.0.0.1:${port}`, '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => {
      err = (err + chunk.toString()).slice(-4_000);
    });
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      try {
        resolve({ child, signIn: JSON.parse(out) as SignIn });
      } catch {
        // Not all of it yet.
      }
    });
    child.on('exit', (code) => {
      reject(new Error(`e2e: the server ended with ${code ?? 'a signal'}: ${err}`));
    });
  });
}

export default async function setup() {
  // A server that already runs can be given, to try things out.
  if (process.env.OUTFITTER_URL) return;
  const data = mkdtempSync(join(tmpdir(), 'outfitter-e2e-'));
  const { child, signIn } = await start(program(), data, await freePort());
  process.env.OUTFITTER_URL = signIn.url;
  process.env.OUTFITTER_NAME = signIn.name;
  process.env.OUTFITTER_PASSWORD = signIn.password;
  return async () => {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.removeAllListeners('exit');
    child.once('exit', () => undefined);
    child.kill('SIGTERM');
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 10_000))]);
    rmSync(data, { recursive: true, force: true });
  };
}
