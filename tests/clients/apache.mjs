// An Apache with mod_auth_openidc on loopback, with a configuration of its own: a relying party we did not write.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const MODULES = '/usr/lib/apache2/modules';

export class Apache {
  /** `issuer`, `client` (id, secret) and the port its redirect URI names. */
  static start({ port, issuer, client }) {
    const apache = new Apache();
    const folder = (apache.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'portcullis-apache-')));
    apache.url = `http://localhost:${port}/protected/`;
    for (const name of ['www', 'cgi', 'run']) fs.mkdirSync(path.join(folder, name));
    const root = process.getuid() === 0;
    fs.chmodSync(folder, 0o755);
    if (root) execFileSync('chown', ['-R', 'www-data', path.join(folder, 'run'), path.join(folder, 'www')]);
    const cgi = path.join(folder, 'cgi/claims');
    fs.writeFileSync(cgi, '#!/bin/sh\necho "Content-Type: text/plain"; echo; env | grep -E "^(OIDC_CLAIM|REMOTE_USER)" | sort\n', { mode: 0o755 });
    const modules = { mpm_event: 'mpm_event', authn_core: 'authn_core', authz_core: 'authz_core', authz_user: 'authz_user', alias: 'alias', env: 'env', mime: 'mime', cgid: 'cgid', auth_openidc: 'auth_openidc' };
    const config = path.join(folder, 'httpd.conf');
    fs.writeFileSync(config, `ServerRoot ${folder}
ServerName localhost
Listen 127.0.0.1:${port}
PidFile ${folder}/run/httpd.pid
DefaultRuntimeDir ${folder}/run
ErrorLog ${folder}/error.log
LogLevel warn auth_openidc:info
${Object.entries(modules).map(([name, file]) => `LoadModule ${name}_module ${MODULES}/mod_${file}.so`).join('\n')}
ScriptSock ${folder}/run/cgid.sock
TypesConfig /etc/mime.types
${root ? 'User www-data\nGroup www-data' : ''}
StartServers 1
DocumentRoot ${folder}/www
OIDCProviderMetadataURL ${issuer}/.well-known/openid-configuration
OIDCClientID ${client.client_id}
OIDCClientSecret ${client.client_secret}
OIDCRedirectURI http://localhost:${port}/protected/redirect_uri
OIDCCryptoPassphrase ${'0123456789abcdef'.repeat(2)}
OIDCScope "openid email profile"
OIDCPKCEMethod S256
OIDCPassClaimsAs environment
OIDCRemoteUserClaim preferred_username
ScriptAlias /protected/ ${folder}/cgi/claims/
<Directory ${folder}>
  Require all granted
</Directory>
<Location /protected/>
  AuthType openid-connect
  Require valid-user
</Location>
`);
    execFileSync('/usr/sbin/apache2', ['-k', 'start', '-f', config], { stdio: 'pipe' });
    process.once('exit', () => apache.stop());
    return apache;
  }

  get log() { try { return fs.readFileSync(path.join(this.folder, 'error.log'), 'utf8'); } catch { return ''; } }

  stop() {
    if (!this.folder) return;
    try { process.kill(Number(fs.readFileSync(path.join(this.folder, 'run/httpd.pid'), 'utf8'))); } catch { /* it is gone */ }
    fs.rmSync(this.folder, { recursive: true, force: true });
    this.folder = undefined;
  }
}
