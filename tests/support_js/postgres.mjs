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
    cluster.up();
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

  #control(...words) { return spawnSync(path.join(BIN, 'pg_ctl'), ['-D', path.join(this.folder, 'data'), '-w', ...words], { ...this.as, cwd: '/', stdio: 'ignore' }).status === 0; }

  /** Starts the server, or starts it again after it was killed; recovery included. */
  up() {
    const options = `-p ${this.port} -k ${this.folder} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200 -c shared_buffers=64MB`;
    // What a killed postmaster left behind holds its shared memory until it has noticed.
    for (let tries = 0; tries < 20; tries++) {
      if (this.#control('-t', '30', '-l', path.join(this.folder, 'log'), '-o', options, 'start')) return;
      execFileSync('sleep', ['0.25']);
    }
    throw new Error(`PostgreSQL does not start: ${fs.readFileSync(path.join(this.folder, 'log'), 'utf8').slice(-2000)}`);
  }

  /** Ends it without a checkpoint: `immediate`, or SIGKILL of the postmaster. */
  down(how = 'immediate') {
    if (how === 'immediate') { this.#control('-m', 'immediate', 'stop'); return; }
    process.kill(Number(fs.readFileSync(path.join(this.folder, 'data', 'postmaster.pid'), 'utf8').split('\n')[0]), 'SIGKILL');
  }

  stop() {
    if (!this.folder) return;
    this.down();
    fs.rmSync(this.folder, { recursive: true, force: true });
    this.folder = undefined;
  }
}
