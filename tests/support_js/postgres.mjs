// A PostgreSQL cluster of this test run's own, on loopback, thrown away at the end.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './ports.mjs';

const BIN = '/usr/lib/postgresql/15/bin';

export class Postgres {
  static #shared;

  /** The one cluster of this process, started at first use. */
  static async shared() {
    Postgres.#shared ??= await Postgres.start();
    return Postgres.#shared;
  }

  static async start() {
    const cluster = new Postgres();
    cluster.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'portcullis-pg-'));
    cluster.port = await freePort();
    // PostgreSQL refuses to run as root; its package made a user for it.
    if (process.getuid() === 0) {
      const id = (flag) => Number(execFileSync('id', [flag, 'postgres']));
      cluster.as = { uid: id('-u'), gid: id('-g') };
      fs.chownSync(cluster.folder, cluster.as.uid, cluster.as.gid);
    }
    const data = path.join(cluster.folder, 'data');
    cluster.run('initdb', ['-D', data, '-U', 'portcullis', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C.UTF-8']);
    process.once('exit', () => cluster.stop());
    cluster.run('pg_ctl', ['-D', data, '-w', '-t', '30', '-l', path.join(cluster.folder, 'log'), '-o',
      `-p ${cluster.port} -k ${cluster.folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200 -c shared_buffers=64MB`, 'start']);
    return cluster;
  }

  #databases = 0;

  /** A new empty database: its URL. */
  create() {
    const name = `portcullis_${++this.#databases}`;
    this.run('createdb', ['-h', '127.0.0.1', '-p', String(this.port), '-U', 'portcullis', name]);
    return `postgres://portcullis@127.0.0.1:${this.port}/${name}`;
  }

  run(program, args) {
    const result = spawnSync(path.join(BIN, program), args, { ...this.as, cwd: '/', encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' } });
    if (result.error || result.status !== 0) throw new Error(`${program}: ${result.error ?? result.stderr}`);
  }

  stop() {
    if (!this.folder) return;
    spawnSync(path.join(BIN, 'pg_ctl'), ['-D', path.join(this.folder, 'data'), '-m', 'immediate', '-w', 'stop'], { ...this.as, cwd: '/', stdio: 'ignore' });
    fs.rmSync(this.folder, { recursive: true, force: true });
    this.folder = undefined;
  }
}
